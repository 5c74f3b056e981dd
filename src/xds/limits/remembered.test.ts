/** What clients make the server remember is bounded in bytes: for a stream, for an address, and in total. Counted, not measured. */
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { MODES, type TestServer, cluster, overTransports, resource } from '../../testing/xds/server.js';
import { FleetClient } from '../../testing/xds/fleet.js';
import type { ClientMode } from '../../testing/xds/client-wire.js';
import type { XdsTestClient } from '../../testing/xds/client.js';
import {
  CLUSTER,
  CLUSTER_LOAD_ASSIGNMENT,
  ROUTE_CONFIGURATION,
  ResourceStore,
  STATUS,
  type XdsLimits,
  XdsServer,
} from '../index.js';
import { ClientMemory } from './client-memory.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;
const RDS = ROUTE_CONFIGURATION;
/** Of thousands of names one costs about 1 KiB. */
const NAME = 1100;

function names(count: number, prefix = 'n'): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${String(index)}`);
}

overTransports('promise 28: what clients make the server remember', (start) => {
  const limited = (limits: Partial<XdsLimits>, rejected: unknown[] = []): Promise<TestServer> =>
    start({
      resources: [cluster('a'), resource(EDS, 'a')],
      limits,
      events: { streamRefused: (_peer, code, message, limit) => rejected.push([code, limit, message]) },
    });

  const asked = async (client: XdsTestClient): Promise<void> => {
    client.subscribe(CLUSTER);
    await client.accept(CLUSTER);
  };

  /** A client that other clients must not affect. */
  const bystander = async (xds: TestServer, mode: ClientMode): Promise<() => Promise<void>> => {
    const client = xds.connect(mode, { node: { id: 'bystander' } });
    await asked(client);
    let version = 1;
    return async () => {
      xds.put(cluster('a', String((version += 1))));
      await client.accept(CLUSTER);
    };
  };

  const gone = async (xds: TestServer, streams: number): Promise<void> => {
    while (xds.server.stats().streams > streams) await turn();
  };

  for (const mode of MODES) {
    it(`a stream that names too much ends with the limit's name; others go on (${mode})`, async () => {
      const rejected: unknown[] = [];
      const xds = await limited({ maxRememberedBytesPerStream: 1000 * NAME }, rejected);
      const works = await bystander(xds, mode);
      const before = xds.server.stats();
      const client = xds.connect(mode);
      client.subscribe(EDS, names(600));
      await client.settle();
      client.subscribe(RDS, names(600));
      const { code, details } = await client.status;
      assert.equal(code, STATUS.resourceExhausted);
      assert.match(details, /of this stream need more than 1100000 bytes \(limit: remembered-per-stream\)/);
      assert.deepEqual(rejected, [[code, 'remembered-per-stream', details]]);
      await gone(xds, 1);
      assert.deepEqual({ ...xds.server.stats(), cachedBytes: 0 }, { ...before, cachedBytes: 0 });
      await works();
    });

    it(`nothing is made of a request that names too much (${mode})`, async () => {
      const wanted: string[] = [];
      const provider = {
        viewOf: () => '',
        open: () => ({ want: (name: string) => wanted.push(name), close: () => undefined }),
      };
      const xds = await start({ provider, limits: { maxRememberedBytesPerStream: 100 * NAME } });
      const client = xds.connect(mode);
      client.subscribe(EDS, names(1000));
      assert.equal((await client.status).code, STATUS.resourceExhausted);
      assert.deepEqual(wanted, []);
    });

    it(`an address, and all of them, have limits of their own (${mode})`, async () => {
      for (const limit of ['remembered-per-address', 'remembered'] as const) {
        const bound = limit === 'remembered' ? 'maxRememberedBytes' : 'maxRememberedBytesPerAddress';
        const xds = await limited({ [bound]: 1000 * NAME });
        const works = await bystander(xds, mode);
        const [one, other] = [xds.connect(mode), xds.connect(mode)];
        one.subscribe(EDS, names(600, 'one'));
        await one.settle();
        const before = xds.server.stats().rememberedBytes;
        other.subscribe(EDS, names(600, 'other'));
        const { code, details } = await other.status;
        assert.deepEqual([code, details.includes(`(limit: ${limit})`)], [STATUS.resourceExhausted, true], details);
        await gone(xds, 2);
        assert.equal(xds.server.stats().rememberedBytes, before);
        await one.settle();
        await works();
        await xds.close();
      }
    });

    it(`streams with the same names share what they cost (${mode})`, async () => {
      const xds = await limited({ maxRememberedBytes: 1000 * NAME });
      const clients = Array.from({ length: 20 }, () => xds.connect(mode));
      for (const client of clients) {
        client.subscribe(EDS, names(600));
        await client.settle();
      }
      const shared = xds.server.stats().rememberedBytes;
      for (const client of clients.slice(1)) client.close();
      await gone(xds, 1);
      const { rememberedBytes: alone, wantedNames } = xds.server.stats();
      assert.ok(shared < 1000 * NAME && alone > 500 * NAME, `${String(shared)}, ${String(alone)}`);
      // The client proves by another name that nothing more comes.
      assert.ok(wantedNames <= 602, String(wantedNames));
    });

    it(`what is not subscribed any more is given back at once, and all of it with the stream (${mode})`, async () => {
      const xds = await limited({ maxRememberedBytesPerStream: 1000 * NAME });
      const client = xds.connect(mode);
      for (let round = 0; round < 5; round += 1) {
        client.subscribe(EDS, names(600, `round${String(round)}-`));
        await client.settle();
        if (mode === 'delta') client.unsubscribe(EDS, names(600, `round${String(round)}-`));
        await client.settle();
      }
      client.close();
      await gone(xds, 0);
      assert.equal(xds.server.stats().rememberedBytes, 0);
    });
  }

  it('names that a client brings along and that do not exist count', async () => {
    const xds = await limited({ maxRememberedBytesPerStream: 100_000 });
    const versions = (count: number): Record<string, string> =>
      Object.fromEntries(names(count).map((name) => [name, 'v']));
    const few = xds.connect('delta');
    few.subscribe(CLUSTER, [], { initialResourceVersions: versions(200) });
    await few.accept(CLUSTER);
    const many = xds.connect('delta');
    many.subscribe(CLUSTER, [], { initialResourceVersions: versions(1000) });
    assert.equal((await many.status).code, STATUS.resourceExhausted);
  });

  it('the node counts, and a name of a type may not be long', async () => {
    const xds = await limited({ maxRememberedBytesPerStream: 100_000 });
    const large = xds.connect('sotw', {
      node: { id: 'n', metadata: { fields: { a: { stringValue: 'x'.repeat(60_000) } } } },
    });
    large.subscribe(CLUSTER);
    assert.equal((await large.status).code, STATUS.resourceExhausted);
    const long = xds.connect('sotw');
    long.subscribe(`type.googleapis.com/${'x'.repeat(2000)}`, ['a']);
    assert.equal((await long.status).code, STATUS.invalidArgument);
    await gone(xds, 0);
    assert.equal(xds.server.stats().rememberedBytes, 0);
  });
});

describe('promise 28: counting what clients make the server remember', () => {
  for (const mode of MODES) {
    it(`costs nothing for answers and changes (${mode})`, async () => {
      const store = new ResourceStore();
      const all = names(100);
      for (const name of all) store.put(resource(EDS, name));
      const server = new XdsServer({ provider: store });
      const client = new FleetClient(mode, 'n');
      client.connect(server);
      client.subscribe(EDS, all);
      await turn();
      const limits = { maxRememberedBytesPerStream: 0, maxRememberedBytesPerAddress: 0, maxRememberedBytes: 0 };
      const account = new ClientMemory(limits).open('x');
      const prototype = Object.getPrototypeOf(account) as { hold: unknown; release: unknown };
      const { hold, release } = prototype;
      let calls = 0;
      prototype.hold = () => (calls += 1);
      prototype.release = () => (calls += 1);
      try {
        for (let round = 0; round < 10; round += 1) {
          server.transaction(() => all.forEach((name) => store.put(resource(EDS, name, String(round)))));
          for (const response of client.read()) client.answer(response);
          await turn();
        }
      } finally {
        Object.assign(prototype, { hold, release });
      }
      assert.ok(client.got.responses >= 10);
      assert.equal(calls, 0);
      client.disconnect();
      assert.equal(server.stats().rememberedBytes, 0);
    });
  }
});
