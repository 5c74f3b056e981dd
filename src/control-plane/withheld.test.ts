/** What Envoy would reject is not sent; what was shown before stays, and the log and the statuses say so. */
import type { EncodedMessage } from '../envoy/rows/encoded-message.js';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readCase } from '../testing/case.js';
import type { EnvoyTables } from '../envoy/tables.js';
import type { Input } from '../graph/index.js';
import { decodeEnvoyMessage, encodeEnvoyMessage } from '../proto/envoy-types.js';
import type { Collection, EncodedResource } from '../xds/index.js';
import { TESTDATA } from '../testing/golden.js';
import { type Core, createCore } from './inputs/core.js';
import { createProvider } from './views/provider.js';
import { toNode } from './snapshots/snapshot.js';
import { typeUrls } from './views/resource-types.js';
import { namedRow } from './views/views.js';
import { type Withheld, WithheldMessages } from './views/withheld.js';

const ROUTE = 'envoy.config.route.v3.RouteConfiguration';
const node = toNode({ nodeId: 'productpage', cluster: 'mgmt-cluster', metadata: { NAMESPACE: 'bookinfo' } });

class Held implements Collection {
  readonly typeUrl: string;
  readonly view: string;
  readonly resources = new Map<string, EncodedResource>();

  constructor(typeUrl: string, view: string) {
    this.typeUrl = typeUrl;
    this.view = view;
  }

  set(resource: EncodedResource): void {
    this.resources.set(resource.name, resource);
  }

  delete(name: string): void {
    this.resources.delete(name);
  }

  get(name: string): EncodedResource | undefined {
    return this.resources.get(name);
  }

  names(): Iterable<string> {
    return this.resources.keys();
  }
}

/** The route configurations of the control plane are whatever is put here. */
class RouteWorld {
  readonly core: Core = createCore();
  readonly reported: Withheld[] = [];
  readonly withheld = new WithheldMessages((_row, message) => this.reported.push(message));
  readonly #rows: Input<string, EncodedMessage> = this.core.graph.input('routes by hand');
  readonly #envoy: EnvoyTables = { ...this.core.envoy, routeConfigurations: this.#rows };
  readonly #provider = createProvider(this.core.graph, this.core.model, this.#envoy, { withheld: this.withheld });
  readonly #view = this.#provider.viewOf(node, typeUrls.route);

  /** Shows a route configuration to a client. */
  open(): { readonly held: Held; close(): void } {
    const held = new Held(typeUrls.route, this.#view);
    const opened = this.#provider.open(held);
    opened?.want?.('80');
    return { held, close: () => opened?.close() };
  }

  put(row: EncodedMessage | undefined): void {
    const { key } = namedRow(this.#envoy, typeUrls.route, this.#view, '80') ?? assert.fail();
    this.core.graph.commit((transaction) => {
      if (row === undefined) transaction.delete(this.#rows, key);
      else transaction.set(this.#rows, key, row);
    });
  }
}

function routes(hosts: readonly string[], more: Partial<EncodedMessage> = {}): EncodedMessage {
  const virtualHosts = hosts.map((host) => ({ name: host.split('@')[0] ?? '', domains: [host] }));
  return {
    name: '80',
    bytes: encodeEnvoyMessage(ROUTE, { name: '80', virtualHosts }),
    clusters: [...hosts].sort(),
    ...more,
  };
}

function domainsIn({ resources }: Held): readonly string[] | undefined {
  const value = resources.get('80')?.value;
  return value && (decodeEnvoyMessage(ROUTE, value).virtualHosts ?? []).flatMap(({ domains = [] }) => domains);
}

describe('messages that Envoy would reject', () => {
  it('are not sent: the last valid version stays, also for new clients, until there is a valid one', () => {
    const world = new RouteWorld();
    world.put(routes(['a']));
    const first = world.open();
    world.put(routes(['a', 'b'], { rejection: 'name: must not be empty' }));
    const newcomer = world.open();
    assert.deepEqual([domainsIn(first.held), domainsIn(newcomer.held)], [['a'], ['a']]);
    assert.deepEqual(
      world.withheld.all().map(({ name, rejection }) => [name, rejection]),
      [['80', 'name: must not be empty']],
    );
    assert.equal(world.reported.length, 1);
    world.put(routes(['c']));
    assert.deepEqual([domainsIn(first.held), domainsIn(newcomer.held), world.withheld.all()], [['c'], ['c'], []]);
  });

  it('are left out if there was no earlier version', () => {
    const world = new RouteWorld();
    world.put(routes(['a'], { rejection: 'bad' }));
    const { held } = world.open();
    assert.equal(domainsIn(held), undefined);
    world.put(undefined);
    assert.deepEqual(world.withheld.all(), []);
  });

  it('are forgotten with the last client that would get them', () => {
    const world = new RouteWorld();
    world.put(routes(['a'], { rejection: 'bad' }));
    const [one, two] = [world.open(), world.open()];
    one.close();
    assert.equal(world.withheld.all().length, 1);
    two.close();
    assert.deepEqual(world.withheld.all(), []);
  });

  it('remove only one host from a route configuration, or keep its last version unless another host has its domain', () => {
    const world = new RouteWorld();
    world.put(routes(['a', 'b@1', 'c']));
    const { held } = world.open();
    const leftOut = [{ name: 'b', rejection: 'domains: must not be empty' }];
    world.put(routes(['a', 'd'], { leftOut }));
    assert.deepEqual(domainsIn(held), ['a', 'd', 'b@1']);
    assert.deepEqual(held.resources.get('80')?.clusters, ['a', 'b@1', 'c', 'd']);
    assert.deepEqual(
      world.withheld.all().map(({ part }) => part),
      ['b'],
    );
    world.put(routes(['b@1', 'e'], { leftOut }));
    assert.deepEqual(domainsIn(held), ['b@1', 'e']);
  });

  it('do not occur in the golden cases', () => {
    for (const name of ['guide', 'aggregate', 'localized', 'traffic-policy', 'kubernetes', 'interception']) {
      const { first, clients } = readCase(join(TESTDATA, 'golden', name));
      const core = createCore();
      core.take(first);
      const withheld = new WithheldMessages((_row, { rejection }) => assert.fail(`${name}: ${rejection}`));
      const provider = createProvider(core.graph, core.model, core.envoy, { withheld });
      for (const client of Object.values(clients)) {
        for (const typeUrl of [typeUrls.cluster, typeUrls.listener])
          provider.open(new Held(typeUrl, provider.viewOf(toNode(client), typeUrl)));
      }
    }
  });
});
