/** Client status discovery, asked by a client with Envoy's own .proto files. */
import assert from 'node:assert/strict';
import { status } from '@grpc/grpc-js';
import { type ServiceClient, serviceClients } from '../../testing/service-client.js';
import { MODES, type TestServer, cluster, resource, overTransports } from '../../testing/xds/server.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER, ROUTE_CONFIGURATION, SECRET } from '../protocol/type-urls.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;
const SERVICE = '/envoy.service.status.v3.ClientStatusDiscoveryService';

interface Config {
  readonly typeUrl: string;
  readonly name: string;
  readonly versionInfo?: string;
  readonly xdsConfig?: { readonly type_url: string; readonly value: Buffer };
  readonly lastUpdated?: { readonly seconds: number };
  readonly configStatus: string;
  readonly clientStatus: string;
  readonly errorState?: {
    readonly versionInfo: string;
    readonly details: string;
    readonly lastUpdateAttempt: { readonly seconds: number };
  };
}

interface Answer {
  readonly config?: readonly {
    readonly node: Readonly<Record<string, unknown>> & { readonly id: string };
    readonly genericXdsConfigs?: readonly Config[];
  }[];
}

overTransports('client status', (start) => {
  const connect = serviceClients();

  /** The resources of the only client, by name. */
  async function resources(client: ServiceClient): Promise<Readonly<Record<string, Config>>> {
    const { config = [] } = await client.unary<Answer>(`${SERVICE}/FetchClientStatus`, {});
    return Object.fromEntries((config[0]?.genericXdsConfigs ?? []).map((item) => [item.name, item]));
  }

  /** `state/client status/version` by name. */
  async function states(client: ServiceClient): Promise<Readonly<Record<string, string>>> {
    const entries = Object.entries(await resources(client));
    const text = (item: Config): string => `${item.configStatus}/${item.clientStatus}/${item.versionInfo ?? ''}`;
    return Object.fromEntries(entries.map(([name, item]) => [name, text(item)]));
  }

  for (const mode of MODES) {
    describe(mode, () => {
      it('rule 89: a resource is SYNCED once it is acknowledged, with the acknowledged version', async () => {
        const a = cluster('a');
        const xds = await start({ resources: [a] });
        const [client, csds] = [xds.connect(mode), connect(xds.port)];
        client.subscribe(CLUSTER);
        const response = await client.next(CLUSTER);
        assert.deepEqual(await states(csds), { a: 'STALE/REQUESTED/' });
        const before = Math.floor(Date.now() / 1000);
        client.ack(response);
        await client.settle();
        const version = mode === 'delta' ? a.version : response.version;
        const found = await resources(csds);
        assert.deepEqual(found['a'], {
          typeUrl: CLUSTER,
          name: 'a',
          versionInfo: version,
          xdsConfig: { type_url: CLUSTER, value: a.value },
          lastUpdated: found['a']?.lastUpdated,
          configStatus: 'SYNCED',
          clientStatus: 'ACKED',
        });
        assert.ok((found['a'].lastUpdated?.seconds ?? 0) >= before);
      });

      it('rule 89: a resource that was never sent is NOT_SENT', async () => {
        const xds = await start({ resources: [resource(EDS, 'a')] });
        const [client, csds] = [xds.connect(mode), connect(xds.port)];
        client.subscribe(EDS, ['a', 'missing']);
        const response = await client.next(EDS);
        xds.put(resource(EDS, 'a', '2'), resource(EDS, 'late'));
        const missing = 'NOT_SENT/REQUESTED/';
        assert.deepEqual(await states(csds), { a: 'STALE/REQUESTED/', missing });
        client.subscribe(EDS, mode === 'sotw' ? ['a', 'missing', 'late'] : ['late']);
        await client.settle();
        assert.deepEqual(await states(csds), { a: 'STALE/REQUESTED/', missing, late: 'NOT_SENT/REQUESTED/' });
        client.ack(response, mode === 'sotw' ? { resourceNames: ['a', 'missing', 'late'] } : {});
        client.ack(await client.next(EDS));
        await client.settle();
        const synced = (name: string): string => `SYNCED/ACKED/${versionNow(xds, EDS, name)}`;
        assert.deepEqual(await states(csds), {
          a: synced('a'),
          late: synced('late'),
          missing: mode === 'delta' ? 'NOT_SENT/DOES_NOT_EXIST/' : missing,
        });
      });

      it('rule 89: a name that is added later is NOT_SENT until it is sent, although the resource existed before', async () => {
        const xds = await start({ resources: [resource(EDS, 'a'), resource(EDS, 'old')] });
        const [client, csds] = [xds.connect(mode), connect(xds.port)];
        client.subscribe(EDS, ['a']);
        await client.accept(EDS);
        xds.put(resource(EDS, 'a', '2'));
        const response = await client.next(EDS);
        const names = ['a', 'old'];
        client.subscribe(EDS, mode === 'sotw' ? names : ['old']);
        await client.settle();
        assert.equal((await states(csds))['old'], 'NOT_SENT/REQUESTED/');
        client.ack(response, mode === 'sotw' ? { resourceNames: names } : {});
        const next = await client.next(EDS);
        assert.equal((await states(csds))['old'], 'STALE/REQUESTED/');
        client.ack(next);
        await client.settle();
        assert.equal((await states(csds))['old'], `SYNCED/ACKED/${versionNow(xds, EDS, 'old')}`);
      });

      it('rule 89: a newer version makes a resource STALE until it is acknowledged', async () => {
        const xds = await start({ resources: [resource(EDS, 'a'), resource(EDS, 'b')] });
        const [client, csds] = [xds.connect(mode), connect(xds.port)];
        client.subscribe(EDS, ['a', 'b']);
        const { version } = await client.accept(EDS);
        const accepted = (name: string): string => (mode === 'delta' ? versionNow(xds, EDS, name) : version);
        const [a, b] = [accepted('a'), accepted('b')];
        xds.put(resource(EDS, 'a', '2'));
        await client.next(EDS);
        assert.deepEqual(await states(csds), { a: `STALE/ACKED/${a}`, b: `SYNCED/ACKED/${b}` });
        xds.put(resource(EDS, 'a', '3'), resource(EDS, 'b', '2'));
        assert.deepEqual(await states(csds), { a: `STALE/ACKED/${a}`, b: `STALE/ACKED/${b}` });
      });

      it('rule 89: a rejected resource is in ERROR with the reason, until a later one is acknowledged', async () => {
        const xds = await start({ resources: [cluster('a')] });
        const [client, csds] = [xds.connect(mode), connect(xds.port)];
        client.subscribe(CLUSTER);
        const good = await client.accept(CLUSTER);
        const before = Math.floor(Date.now() / 1000);
        xds.put(cluster('b', 'wrong'));
        const bad = await client.next(CLUSTER);
        client.nack(bad, 'b is wrong');
        await client.settle();
        const { a, b } = await resources(csds);
        const accepted = mode === 'delta' ? cluster('a').version : good.version;
        assert.deepEqual([a?.configStatus, a?.errorState, a?.versionInfo], ['SYNCED', undefined, accepted]);
        assert.deepEqual([b?.configStatus, b?.clientStatus, b?.versionInfo ?? ''], ['ERROR', 'NACKED', '']);
        const rejected = mode === 'delta' ? cluster('b', 'wrong').version : bad.version;
        assert.deepEqual([b?.errorState?.versionInfo, b?.errorState?.details], [rejected, 'b is wrong']);
        assert.ok((b?.errorState?.lastUpdateAttempt.seconds ?? 0) >= before);
        assert.deepEqual(b?.xdsConfig?.value, cluster('b', 'wrong').value);
        xds.put(cluster('b', 'right'));
        const next = await client.next(CLUSTER);
        assert.equal((await resources(csds))['b']?.configStatus, 'STALE');
        assert.equal((await resources(csds))['b']?.errorState?.details, 'b is wrong');
        client.ack(next);
        await client.settle();
        const settled = await resources(csds);
        assert.deepEqual([settled['b']?.configStatus, settled['b']?.errorState], ['SYNCED', undefined]);
      });

      it('rule 89: a deleted resource is STALE while the client still has it', async () => {
        const xds = await start({ resources: [cluster('a'), cluster('b')] });
        const [client, csds] = [xds.connect(mode), connect(xds.port)];
        client.subscribe(CLUSTER);
        await client.accept(CLUSTER);
        xds.put(cluster('a', '2'));
        const response = await client.next(CLUSTER);
        xds.remove(CLUSTER, 'b');
        const found = await resources(csds);
        assert.deepEqual([found['b']?.configStatus, found['b']?.clientStatus], ['STALE', 'ACKED']);
        client.ack(response);
        const removal = await client.next(CLUSTER);
        if (mode === 'delta') assert.equal((await resources(csds))['b']?.configStatus, 'STALE');
        client.ack(removal);
        await client.settle();
        assert.deepEqual(Object.keys(await resources(csds)), ['a']);
      });

      it('rules 82 and 89: a resource that waits for a rejected cluster is NOT_SENT', async () => {
        const route = resource(ROUTE_CONFIGURATION, 'r', 'b', { clusters: ['b'] });
        const xds = await start({ resources: [cluster('b'), route, resource(ROUTE_CONFIGURATION, 's')] });
        const [client, csds] = [xds.connect(mode), connect(xds.port)];
        client.subscribe(CLUSTER);
        client.nack(await client.next(CLUSTER));
        client.subscribe(ROUTE_CONFIGURATION, ['r', 's']);
        assert.deepEqual((await client.accept(ROUTE_CONFIGURATION)).names, ['s']);
        await client.settle();
        const found = await states(csds);
        assert.deepEqual([found['r'], found['s']?.split('/')[0]], ['NOT_SENT/REQUESTED/', 'SYNCED']);
      });

      it('rules 89 and 97: a resource that was rejected on an earlier stream and is not subscribed to again is STALE', async () => {
        const xds = await start({ resources: [cluster('a'), resource(LISTENER, 'l')] });
        const before = xds.connect(mode);
        before.subscribe(CLUSTER);
        before.nack(await before.next(CLUSTER), 'not this one');
        await before.settle();
        before.halfClose();
        await before.status;
        const client = xds.connect(mode);
        client.subscribe(LISTENER);
        await client.accept(LISTENER);
        await client.settle();
        const { a, l } = await resources(connect(xds.port));
        assert.deepEqual(
          [a?.configStatus, a?.clientStatus, a?.errorState?.details],
          ['STALE', 'NACKED', 'not this one'],
        );
        assert.equal(l?.configStatus, 'SYNCED');
      });
    });
  }

  it('splits a response, and reports the status of each part', async () => {
    const big = (name: string, content: string): ReturnType<typeof resource> =>
      resource(EDS, name, content.repeat(700));
    const xds = await start({ resources: [big('a', '1'), big('b', '1')], limits: { maxResponseBytes: 1_000 } });
    const [client, csds] = [xds.connect('delta'), connect(xds.port)];
    client.subscribe(EDS, ['a', 'b']);
    const first = await client.next(EDS);
    const [one = '', other = ''] = first.names[0] === 'a' ? ['a', 'b'] : ['b', 'a'];
    assert.deepEqual(await states(csds), { [one]: 'STALE/REQUESTED/', [other]: 'NOT_SENT/REQUESTED/' });
    client.ack(first);
    const second = await client.next(EDS);
    const synced = (name: string): string => `SYNCED/ACKED/${versionNow(xds, EDS, name)}`;
    assert.deepEqual(await states(csds), { [one]: synced(one), [other]: 'STALE/REQUESTED/' });
    client.ack(second);
    await client.settle();
    assert.deepEqual(await states(csds), { a: synced('a'), b: synced('b') });
  });

  it('omits contents if the request excludes them, and those of secrets always', async () => {
    const xds = await start({ resources: [cluster('a'), resource(SECRET, 'key', 'private')] });
    const [client, csds] = [xds.connect('sotw'), connect(xds.port)];
    client.subscribe(CLUSTER);
    await client.accept(CLUSTER);
    client.subscribe(SECRET, ['key']);
    await client.accept(SECRET);
    await client.settle();
    const all = await resources(csds);
    assert.deepEqual([all['a']?.xdsConfig?.type_url, all['key']?.xdsConfig], [CLUSTER, undefined]);
    const { config } = await csds.unary<Answer>(`${SERVICE}/FetchClientStatus`, { excludeResourceContents: true });
    const items = config?.[0]?.genericXdsConfigs ?? [];
    assert.deepEqual(
      items.map(({ name, configStatus, xdsConfig }) => [name, configStatus, xdsConfig]),
      [
        ['a', 'SYNCED', undefined],
        ['key', 'SYNCED', undefined],
      ],
    );
  });

  it('lists a node once with all of its fields, for any number of streams', async () => {
    const xds = await start({ resources: [cluster('a'), resource(LISTENER, 'l')] });
    const node = {
      id: 'n',
      cluster: 'c',
      locality: { region: 'r', zone: 'z', subZone: 's' },
      userAgentName: 'envoy',
      clientFeatures: ['f'],
    };
    for (const typeUrl of [CLUSTER, LISTENER]) {
      const client = xds.connect('delta', { node });
      client.subscribe(typeUrl);
      await client.accept(typeUrl);
    }
    const { config = [] } = await connect(xds.port).unary<Answer>(`${SERVICE}/FetchClientStatus`, {});
    assert.equal(config.length, 1);
    assert.deepEqual(config[0]?.node, { ...node, metadata: {} });
    assert.deepEqual(config[0].genericXdsConfigs?.map(({ name }) => name).sort(), ['a', 'l']);
  });

  it('answers each request of a stream, and ends with it', async () => {
    const xds = await start({ resources: [cluster('a')] });
    const client = xds.connect('sotw');
    client.subscribe(CLUSTER);
    await client.accept(CLUSTER);
    const stream = connect(xds.port).stream<Answer>(`${SERVICE}/StreamClientStatus`);
    for (const expected of [1, 1]) {
      stream.send({});
      assert.equal((await stream.next()).config?.length, expected);
    }
    assert.equal(xds.server.stats().queries, 1);
    stream.halfClose();
    assert.equal((await stream.status).code, status.OK);
    assert.equal(xds.server.stats().queries, 0);
  });

  it('rejects an invalid request', async () => {
    const xds = await start();
    const stream = connect(xds.port).stream(`${SERVICE}/FetchClientStatus`);
    stream.halfClose();
    assert.equal((await stream.status).code, status.INVALID_ARGUMENT);
  });
});

/** The version that the store has of it in the incremental protocol, or of the type in the other. */
function versionNow(xds: TestServer, typeUrl: string, name: string): string {
  const [client] = xds.server.clients();
  const type = client?.types.find((candidate) => candidate.typeUrl === typeUrl);
  return (client?.mode === 'delta' ? xds.store.get(typeUrl, name)?.version : type?.sentVersion) ?? '';
}
