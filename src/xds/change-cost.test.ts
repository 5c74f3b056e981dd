/**
 * What one change costs while a client rejects something: a number of steps that grows neither with the number of resources, nor
 * with the number of clients beyond what each of them is sent. Counted, not timed.
 */
import assert from 'node:assert/strict';
import { countSteps } from '../testing/work-meter.js';
import { FleetClient, settle } from '../testing/xds/fleet.js';
import { MODES, cluster, resource } from '../testing/xds/server.js';
import type { ClientMode, ClientResponse } from '../testing/xds/client-wire.js';
import { type EncodedResource, ResourceStore, XdsServer } from './index.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER, ROUTE_CONFIGURATION } from './protocol/type-urls.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;
/** Counted: the change of one load assignment, which all clients are sent. */
const CHANGED = 'c0';
/** Steps of a change for each client in step: what is compared, and the response. */
const STEPS_PER_CLIENT = 400;

interface Size {
  readonly resources: number;
  readonly clients: number;
}

/** What is rejected, and by whom. */
interface Nack {
  /** Put at the same time in one transaction. */
  readonly news: (names: readonly string[]) => readonly EncodedResource[];
  /** Before the NACK, everybody else accepts it. */
  readonly late?: boolean;
}

const NACKS: Readonly<Record<string, Nack>> = {
  nothing: { news: () => [] },
  'a version of a cluster': { news: () => [cluster('c1', 'bad')] },
  'a version of a cluster that others accepted': { news: () => [cluster('c1', 'bad')], late: true },
  'a cluster that was never accepted, and that the routes name': {
    news: (names) => [cluster('new', 'bad'), resource(EDS, 'new'), routes([...names, 'new'])],
  },
  'a cluster that others accepted, and that the routes name': {
    news: (names) => [cluster('new', 'bad'), resource(EDS, 'new'), routes([...names, 'new'])],
    late: true,
  },
  'a version of a load assignment': { news: () => [resource(EDS, 'c1', 'bad')] },
  'the routes': { news: (names) => [routes(names.slice(1), 'bad')] },
  'a listener': { news: () => [resource(LISTENER, 'l', 'bad')] },
};

function routes(clusters: readonly string[], content = clusters.join()): EncodedResource {
  return resource(ROUTE_CONFIGURATION, 'r', content, { clusters });
}

class Fleet {
  readonly store = new ResourceStore();
  readonly server = new XdsServer({ provider: this.store, limits: { orderDeadlineMs: 1e9 } });
  readonly names: readonly string[];
  readonly clients: readonly FleetClient[];
  #changes = 0;

  constructor(mode: ClientMode, { resources, clients }: Size) {
    this.names = Array.from({ length: resources }, (_, index) => `c${String(index)}`);
    this.clients = Array.from({ length: clients }, (_, index) => new FleetClient(mode, `n${String(index)}`));
  }

  async start(): Promise<void> {
    this.server.transaction(() => {
      for (const name of this.names) [cluster(name), resource(EDS, name)].forEach((item) => this.store.put(item));
      this.store.put(resource(LISTENER, 'l'));
      this.store.put(routes(this.names));
    });
    for (const client of this.clients) {
      client.connect(this.server);
      client.subscribe(CLUSTER, []);
      client.subscribe(EDS, [...this.names, 'new']);
      client.subscribe(LISTENER, []);
      client.subscribe(ROUTE_CONFIGURATION, ['r']);
    }
    await settle(this.clients);
  }

  /** The first client rejects what is bad. */
  async reject({ news, late = false }: Nack): Promise<void> {
    this.server.transaction(() => news(this.names).forEach((item) => this.store.put(item)));
    const [first, ...others] = this.clients;
    if (late) await settle(others);
    await settle(this.clients, (client, response) => (client === first ? wordsAbout(response) : undefined));
  }

  /** Steps of one change, once what was rejected has been digested. */
  async stepsOfChange(): Promise<number> {
    let steps = 0;
    for (let round = 0; round < 3; round += 1) {
      this.#changes += 1;
      const changed = resource(EDS, CHANGED, `change ${String(this.#changes)}`);
      steps = countSteps(() => this.store.put(changed));
      for (const client of this.clients) assert.ok(client.unread > 0, 'the change is told to all');
      await settle(this.clients, (_client, response) => wordsAbout(response));
    }
    return steps;
  }

  close(): void {
    for (const client of this.clients) client.disconnect();
  }
}

function wordsAbout({ resources }: ClientResponse): string | undefined {
  const bad = resources.filter(({ value }) => value.toString().endsWith('bad'));
  return bad.length === 0 ? undefined : bad.map(({ name }) => `${name}: it is bad`).join('\n');
}

async function costOf(mode: ClientMode, nack: Nack, size: Size): Promise<number> {
  const fleet = new Fleet(mode, size);
  await fleet.start();
  await fleet.reject(nack);
  const steps = await fleet.stepsOfChange();
  fleet.close();
  return steps;
}

describe('the cost of a change while a resource is rejected', function () {
  this.timeout(20_000);
  for (const mode of MODES)
    for (const [what, nack] of Object.entries(NACKS)) {
      it(`does not grow with the number of resources (${what}, ${mode})`, async () => {
        const few = await costOf(mode, nack, { resources: 20, clients: 4 });
        const many = await costOf(mode, nack, { resources: 320, clients: 4 });
        assert.ok(many <= 1.1 * few + 20, `${String(few)} steps, and ${String(many)} with many resources`);
      });

      it(`grows with the number of clients only by their updates (${what}, ${mode})`, async () => {
        const few = await costOf(mode, nack, { resources: 20, clients: 4 });
        const many = await costOf(mode, nack, { resources: 20, clients: 24 });
        assert.ok((many - few) / 20 <= STEPS_PER_CLIENT, `${String((many - few) / 20)} steps for each client`);
      });
    }
});
