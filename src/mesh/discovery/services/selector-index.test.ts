import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Resource } from '../../../api/resource.js';
import type {
  DestinationSelectorV2,
  ObjectSelectorV2,
  VirtualDestinationSpecV2,
} from '../../../generated/resources.js';
import { Graph, type KeyedTable } from '../../../graph/index.js';
import { createWorld, destination, resource, trafficPolicy } from '../../../testing/world.js';
import { type Conditions, type Attributes, declareSelectable, matchesLabels, selectKeys } from './selector-index.js';

const word = fc.constantFrom('a', 'b', 'c');
const labels = fc.dictionary(word, word, { maxKeys: 2 });
const attributes: fc.Arbitrary<Attributes> = fc.record({ name: word, namespace: word, cluster: word, labels });
const words = fc.array(word, { maxLength: 2 });
const conditions: fc.Arbitrary<Conditions> = fc.record(
  { name: word, namespaces: words, clusters: words, labels },
  { requiredKeys: [] },
);

describe('selectKeys', () => {
  it('finds the same rows as a search through all of them', () => {
    const change = fc.record({ key: fc.stringMatching(/^[a-f]$/), row: fc.option(attributes) });
    fc.assert(
      fc.property(
        fc.array(conditions, { maxLength: 3 }),
        fc.array(change, { maxLength: 20, size: 'max' }),
        (selectors, changes) => {
          const graph = new Graph();
          const rows = graph.input<string, Attributes>('rows');
          const table = declareSelectable(graph, 'rows', rows, (row) => row);
          const selected = graph.derive('selected', (read) => selectKeys(read, table, selectors));
          const observation = graph.observe(selected, '', () => undefined);
          for (const { key, row } of changes) {
            graph.commit((transaction) =>
              row === null ? transaction.delete(rows, key) : transaction.set(rows, key, row),
            );
            assert.deepEqual(observation.row, lookThrough(graph, rows, selectors));
          }
        },
      ),
    );
  });
});

function lookThrough(
  graph: Graph,
  rows: KeyedTable<string, Attributes>,
  selectors: readonly Conditions[],
): readonly string[] {
  return graph.keys(rows).filter((key) => {
    const row = graph.read(rows, key) ?? assert.fail();
    return selectors.some(
      ({ name = row.name, namespaces = [], clusters = [], labels: wanted = {} }) =>
        name === row.name &&
        (namespaces.length === 0 || namespaces.includes(row.namespace)) &&
        (clusters.length === 0 || clusters.includes(row.cluster)) &&
        matchesLabels(row.labels, wanted),
    );
  });
}

type SelectorOf = (name: string) => ObjectSelectorV2;

/** A service in two clusters, its VirtualDestination and a policy of each kind. */
function service(
  name: string,
  { selector, endpoints }: { readonly selector: SelectorOf; readonly endpoints?: readonly string[] },
): readonly Resource<unknown>[] {
  const own = { app: name, team: 'all' };
  const destinations = ['east', 'west'].map((cluster) =>
    withLabels(destination(name, cluster, { ...(endpoints && { endpoints }) }), own),
  );
  const spec: VirtualDestinationSpecV2 = {
    hosts: [`${name}.global`],
    ports: [{ number: 80 }],
    services: [selector(name)],
  };
  const virtual = {
    ...resource('VirtualDestination', name, spec),
    apiVersion: 'networking.gloo.solo.io/v2',
    labels: own,
  };
  const { namespace: _, ...target } = selector(name);
  const applyToDestinations: readonly DestinationSelectorV2[] = [
    { kind: 'VIRTUAL_DESTINATION', selector: target },
    { kind: 'SERVICE', selector: target },
  ];
  const policy = resource('OutlierDetectionPolicy', name, { applyToDestinations, config: {} });
  const matcher = [{ kubeServiceMatcher: { labels: own } }, { virtualDestinationMatcher: { labels: own } }];
  const older = {
    ...trafficPolicy(name, [], {}),
    spec: { destinationSelector: matcher, policy: { outlierDetection: {} } },
  };
  return [...destinations, virtual, policy, older];
}

function withLabels(of: ReturnType<typeof destination>, own: Readonly<Record<string, string>>): Resource<unknown> {
  return { ...of, labels: own, spec: { ...of.spec, kubeService: { ...of.spec?.kubeService, labels: own } } };
}

/** The number of rows of each table that are computed when a service is added, and then when a Destination of another service changes. */
function costs(
  services: number,
  selector: SelectorOf,
): readonly [added: Record<string, number>, changed: Record<string, number>] {
  const names = Array.from({ length: services }, (_, i) => `service-${String(i)}`);
  const world = createWorld(...names.flatMap((name) => service(name, { selector })));
  const cost = (...resources: readonly Resource<unknown>[]): Record<string, number> => {
    const before = world.graph.computed();
    world.put(...resources);
    const counts = [...world.graph.computed()].map(
      ([table, count]) => [table, count - (before.get(table) ?? 0)] as const,
    );
    return Object.fromEntries(counts.filter(([, count]) => count > 0));
  };
  const added = cost(...service('another', { selector }));
  const [changed = assert.fail()] = service('service-7', { selector, endpoints: ['10.0.0.1'] });
  return [added, cost(withPort(changed))];
}

/** Changes the row of `destinations`, but not the attributes. */
function withPort(of: Resource<unknown>): Resource<unknown> {
  const { spec } = of as ReturnType<typeof destination>;
  return {
    ...of,
    spec: {
      ...spec,
      kubeService: {
        ...spec?.kubeService,
        ports: [
          { port: 80, name: 'http' },
          { port: 81, name: 'http-more' },
        ],
      },
    },
  };
}

describe('the cost of a service with policies of its own', () => {
  const selectors: readonly (readonly [string, SelectorOf])[] = [
    ['name', (name) => ({ name })],
    ['name and namespace', (name) => ({ name, namespace: 'app' })],
    ['a label', (name) => ({ labels: { app: name } })],
    ['the rarer of its labels', (name) => ({ labels: { team: 'all', app: name } })],
  ];
  for (const [by, selector] of selectors) {
    it(`does not grow with the number of services selected by ${by}`, () => {
      const [added, changed] = costs(20, selector);
      assert.deepEqual(costs(150, selector), [added, changed]);
      assert.equal(added['OutlierDetectionPolicy selections'], 1);
      assert.equal(added['trafficPolicyDestinations'], 1);
      assert.equal(added['failovers'], 1);
      assert.equal(changed['failovers'], 1, 'only the one over the changed destination');
      assert.equal(changed['OutlierDetectionPolicy selections'], 1);
    });
  }
});
