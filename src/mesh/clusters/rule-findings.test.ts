import assert from 'node:assert/strict';
import type { Resource } from '../../api/resource.js';
import type { FailoverPolicySpec } from '../../generated/resources.js';
import { createWorld, destination, resource } from '../../testing/world.js';
import { failoverPolicyKey } from '../model/object-key.js';
import { failoverKey } from '../model/failover-key.js';

const ports = { http: [{ port: 80, name: 'http' }], http2: [{ port: 80, name: 'http2' }] };

function web(
  cluster: string,
  region: string,
  zones: readonly string[],
  protocol: keyof typeof ports = 'http',
): Resource<unknown> {
  const endpoints = zones.map(
    (zone, i) => `10.${String(region.length)}.${String(region.charCodeAt(0) || 0)}.${String(i)}@${zone}`,
  );
  return destination('web', cluster, { region, endpoints, ports: ports[protocol] });
}

const virtual = (localized: object = {}): Resource<unknown> =>
  resource('VirtualDestination', 'web', {
    hostname: 'web.global',
    port: { number: 80 },
    localized: { destinationSelectors: [{ kubeServiceMatcher: { namespaces: ['app'] } }], ...localized },
  });

type Config = NonNullable<FailoverPolicySpec['config']>;

/** The code, path and message of each finding about a policy for the virtual destination over these services. */
function found(config: Config, ...services: readonly Resource<unknown>[]): readonly string[] {
  const policy = resource('FailoverPolicy', 'order', { config });
  const { graph, model } = createWorld(virtual(), policy, ...services);
  const findings = graph.read(model.ruleFindings.ofPolicies, failoverPolicyKey(policy.ref)) ?? [];
  return findings.map(({ code, path, message }) => `${code} ${path.slice(2).join('.')} ${message}`);
}

const mapping = (from: string, ...to: readonly (string | readonly [string, number])[]): Config => ({
  localityMappings: [
    {
      from: { region: from },
      to: to.map((of) => (typeof of === 'string' ? { region: of } : { region: of[0], weight: of[1] })),
    },
  ],
});

describe('findings about mappings', () => {
  const services = [web('one', 'east', ['a']), web('two', 'west', ['b'])];
  const lists = 'Endpoints are in east/a, west/b.';
  const cases: readonly (readonly [string, Config, readonly string[]])[] = [
    ['nothing if all localities have endpoints', mapping('east', 'west'), []],
    [
      'a locality of clients without endpoints and nodes',
      mapping('moon', 'west'),
      [
        `LocalityNotFound localityMappings.0.from No endpoint and no node is in moon, so the mapping applies only to proxies with that locality. ${lists}`,
      ],
    ],
    [
      'a misspelt locality',
      mapping('east', 'wset'),
      ['LocalityNotFound localityMappings.0.to.0 No endpoint is in wset. Did you mean "west"?'],
    ],
    [
      'a region "*", which is not a wildcard',
      mapping('*', 'west'),
      [
        `LocalityNotFound localityMappings.0.from "*" is the name of a region here, not a wildcard. No endpoint and no node is in *, so the mapping applies only to proxies with that locality. ${lists}`,
      ],
    ],
    [
      'a weight for a locality without endpoints',
      mapping('east', ['east', 60], ['mars', 40]),
      [
        `LocalityNotFound localityMappings.0.to.1 No endpoint is in mars: its weight of 40 goes to the other targets. ${lists}`,
      ],
    ],
    [
      'clients without reachable endpoints because of weights',
      mapping('east', ['mars', 60], ['venus', 40]),
      [
        `LocalityNotFound localityMappings.0.to.0 No endpoint is in mars. ${lists}`,
        `LocalityNotFound localityMappings.0.to.1 No endpoint is in venus. ${lists}`,
        `NothingReachable localityMappings.0 Requests of clients in east fail, because no endpoint of VirtualDestination web.failover is in mars or venus. ${lists}`,
      ],
    ],
    [
      'a label that no endpoint has',
      { priorityLabels: { labels: ['topology.kubernetes.io/region=east', 'version=v1'] } },
      [
        'LabelNotFound priorityLabels.labels.1 No endpoint has the label version=v1, so it does not affect the order. No endpoint has a label version.',
      ],
    ],
    [
      'a value that no endpoint has',
      { priorityLabels: { labels: ['topology.kubernetes.io/region=north'] } },
      [
        'LabelNotFound priorityLabels.labels.0 No endpoint has the label topology.kubernetes.io/region=north, so it does not affect the order. Endpoints have topology.kubernetes.io/region=east, topology.kubernetes.io/region=west.',
      ],
    ],
    [
      'a key that no endpoint has',
      { priorityLabels: { labels: ['version'] } },
      ['LabelNotFound priorityLabels.labels.0 No endpoint has the label version, so it does not affect the order.'],
    ],
  ];
  for (const [name, config, expected] of cases) {
    it(`report ${name}`, () => {
      assert.deepEqual(found(config, ...services), expected);
    });
  }

  it('report endpoints without a region, unless their zone is named', () => {
    const bare = [...services, web('three', '', ['c'])];
    assert.deepEqual(found(mapping('east', 'west'), ...bare), [
      'EndpointWithoutRegion localityMappings Endpoints of VirtualDestination web.failover in three have no region, so no mapping includes them. Clients to which a mapping applies never use them. Set the region of the Destination, or the topology labels of the Node.',
    ]);
    assert.deepEqual(
      found({ localityMappings: [{ from: { region: 'east' }, to: [{ region: 'west', zone: 'c' }] }] }, ...bare),
      [],
    );
  });

  it('report no missing localities if there are no endpoints', () => {
    assert.deepEqual(found(mapping('moon', 'mars'), web('one', 'east', [])), []);
  });

  it('count localities of other services and nodes as localities of clients', () => {
    const other = resource('Node', 'n', {});
    const node = { ...other, labels: { 'topology.kubernetes.io/region': 'moon' } };
    assert.deepEqual(found(mapping('moon', 'west'), ...services, node), []);
  });

  it('belong to the virtual destination if it has its own order', () => {
    const vd = virtual({ failoverDirectives: [{ from: { region: 'north' }, to: [{ region: 'mars' }] }] });
    const { graph, model } = createWorld(vd, ...services);
    const codes = model.ruleFindings
      .ofFailovers(graph.read.bind(graph), failoverKey(vd.ref))
      .map(({ code, severity, path }) => `${severity} ${code} ${path.join('.')}`);
    assert.deepEqual(codes, [
      'warning LocalityNotFound spec.localized.failoverDirectives.0.from',
      'warning LocalityNotFound spec.localized.failoverDirectives.0.to.0',
      'error NothingReachable spec.localized.failoverDirectives.0',
    ]);
  });
});

describe('findings about tiers in which services have different settings', () => {
  const splits = (...services: readonly Resource<unknown>[]): readonly string[] => {
    const { graph, model } = createWorld(virtual(), ...services);
    return model.ruleFindings
      .ofFailovers(graph.read.bind(graph), failoverKey(virtual().ref))
      .map(({ code, message }) => `${code} ${message}`);
  };

  it('name the services and the clients', () => {
    const [first = ''] = splits(web('one', 'east', ['a']), web('two', 'east', ['a'], 'http2'));
    assert.match(
      first,
      /^SplitTier On port 80, for clients .*, the services of web-app-one\.failover and web-app-two\.failover are in one tier/,
    );
  });

  it('are absent for equal settings', () => {
    assert.deepEqual(splits(web('one', 'east', ['a']), web('two', 'east', ['a'])), []);
  });
});
