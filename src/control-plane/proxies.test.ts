/** What people see of connected Envoys: by real streams, and beside what is written in the resources. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { readCase } from '../testing/case.js';
import { TESTDATA } from '../testing/golden.js';
import { XdsTestClient } from '../testing/xds/client.js';
import type { ClientMode } from '../testing/xds/client-wire.js';
import type { HeldSnapshot, Proxy, Snapshot } from './api/api.js';
import { type ControlPlane, createControlPlane } from './control-plane.js';
import type { Principal } from '../xds/index.js';
import { typeUrls } from './views/resource-types.js';

const node = {
  ...{ id: 'productpage', cluster: 'mgmt-cluster', locality: { region: 'us-east-1', zone: 'us-east-1a' } },
  ...{
    metadata: { NAMESPACE: 'bookinfo' },
    userAgentName: 'envoy',
    userAgentBuildVersion: { version: { majorNumber: 1, minorNumber: 40 } },
  },
};

describe('connected proxies', () => {
  let controlPlane: ControlPlane;
  let port: number;
  const clients: XdsTestClient[] = [];

  beforeEach(async () => {
    controlPlane = createControlPlane();
    controlPlane.apply(guide().first);
    ({ port } = await controlPlane.xds.listen('127.0.0.1:0'));
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await controlPlane.xds.drain(0);
  });

  /** Connects and accepts all clusters. */
  async function connect(overrides: object = {}, mode: ClientMode = 'delta', separate = false): Promise<XdsTestClient> {
    const own = separate ? { separate: controlPlane.xds.methods() } : {};
    const { metadata, ...rest } = { ...node, ...overrides };
    const client = new XdsTestClient(port, { mode, node: { ...rest, metadata: toStruct(metadata) }, ...own });
    clients.push(client);
    const known = controlPlane.proxies().filter(holdsClusters).length;
    client.subscribe(typeUrls.cluster);
    await client.accept(typeUrls.cluster);
    await until(() => controlPlane.proxies().filter(holdsClusters).length > known);
    return client;
  }

  /** Waits until the type of the only proxy is in this state. */
  async function stands(type: string, state: Proxy['state']): Promise<void> {
    await until(() => only().types[type]?.state === state);
  }

  function only(): Proxy {
    const [proxy, ...others] = controlPlane.proxies();
    assert.equal(others.length, 0);
    return proxy ?? assert.fail();
  }

  function codes(): readonly (readonly string[])[] {
    return controlPlane.proxies().map(({ id, findings }) => [id, ...findings.map(({ code }) => code)]);
  }

  it('show their node and the resources that they hold', async () => {
    await connect();
    const { address, connectedSince, since, types, ...rest } = only();
    assert.deepEqual(rest, {
      ...{
        id: 'productpage',
        locality: 'us-east-1/us-east-1a',
        mesh: 'istiod-istio-system-mgmt-cluster.service-mesh-hub',
      },
      ...{ cluster: 'mgmt-cluster', userAgent: 'envoy 1.40.0', incremental: true, state: 'SYNCED', findings: [] },
    });
    assert.match(address, /^127\.0\.0\.1:\d+$/);
    assert.ok(Date.parse(connectedSince) <= Date.parse(since));
    assert.equal(types['CDS']?.state, 'SYNCED');
  });

  it('have the worst state of their types', async () => {
    const client = await connect();
    client.subscribe(typeUrls.listener);
    client.nack(await client.next(typeUrls.listener), 'no');
    await stands('LDS', 'NACK');
    const { state, since, types } = only();
    assert.deepEqual([state, types['CDS']?.state, types['LDS']?.state], ['NACK', 'SYNCED', 'NACK']);
    assert.equal(since, types['LDS']?.since);
  });

  it('are one proxy each, also with a separate stream for each type', async () => {
    const client = await connect({}, 'sotw', true);
    client.subscribe(typeUrls.listener);
    await client.accept(typeUrls.listener);
    await stands('LDS', 'SYNCED');
    const { findings, incremental, types } = only();
    assert.deepEqual([Object.keys(types), incremental, findings], [['CDS', 'LDS'], false, []]);
  });

  it('with the same node.id are shown separately, with a finding until only one is left', async () => {
    const one = await connect();
    await connect();
    await connect({ id: 'other' });
    assert.deepEqual(codes(), [['other'], ['productpage', 'DuplicateNodeId'], ['productpage', 'DuplicateNodeId']]);
    const [first, second] = controlPlane.proxies({ id: 'productpage' });
    assert.notEqual(first?.address, second?.address);
    for (const { address } of controlPlane.proxies({ id: 'productpage' }))
      assert.ok(first?.findings[0]?.message.includes(address));
    one.halfClose();
    await one.status;
    await until(() => controlPlane.proxies().length === 2);
    assert.deepEqual(codes(), [['other'], ['productpage']]);
  });

  it('are compared with the model, now and after changes', async () => {
    await connect({ locality: { region: 'us-eats-1' } });
    await connect({ id: 'lost', locality: {} });
    await connect({ id: 'stray', cluster: 'mgmt' });
    assert.deepEqual(codes(), [
      ['lost', 'NodeWithoutLocality'],
      ['productpage', 'NodeLocalityNotFound'],
      ['stray', 'NodeClusterNotFound'],
    ]);
    const refs = controlPlane
      .resources({ kind: 'Mesh' })
      .map(({ kind, metadata }) => ({ kind, name: metadata.name, namespace: metadata.namespace ?? '' }));
    controlPlane.apply({ upserts: [], deletes: refs, findings: [], newFindings: [] });
    assert.deepEqual(
      codes().find(([id]) => id === 'stray'),
      ['stray'],
    );
  });

  it('with invalid nodes do not affect others', async () => {
    const strange = {
      ...{
        ROLE: { a: 1 },
        LISTEN_ADDRESS: 'nowhere',
        LISTEN_PORT_OFFSET: 1e300,
        INTERCEPTION: true,
        LABELS: [1],
        NAMESPACE: 7,
      },
      ...{ TCP_USER_TIMEOUT: 'soon', XFF_NUM_TRUSTED_HOPS: 0.5, MESH: [], CLUSTER_ID: {} },
    };
    const odd = await connect({ id: 'odd', metadata: strange });
    const sound = await connect();
    for (const client of [odd, sound]) {
      client.subscribe(typeUrls.listener);
      const { names } = await client.accept(typeUrls.listener);
      assert.ok(names.includes('127.0.0.1_9080'), names.join());
    }
    const [first] = controlPlane.proxies({ id: 'odd' });
    assert.deepEqual(
      first?.findings.map(({ code }) => code),
      Array<string>(Object.keys(strange).length).fill('InvalidNodeMetadata'),
    );
    assert.deepEqual(controlPlane.proxies({ id: 'productpage' })[0]?.findings, []);
  });

  describe('snapshots', () => {
    function snapshotOf(result: Snapshot | string): Snapshot {
      return typeof result === 'string' ? assert.fail(result) : result;
    }

    function heldOf(result: HeldSnapshot | string): HeldSnapshot {
      return typeof result === 'string' ? assert.fail(result) : result;
    }

    it('of a connected proxy use its own node', async () => {
      await connect({
        metadata: { NAMESPACE: 'bookinfo', LISTEN_PORT_OFFSET: 1000 },
        locality: { region: 'eu-west-1' },
      });
      const described = controlPlane.snapshot({
        ...{ nodeId: 'productpage', cluster: 'mgmt-cluster', region: 'eu-west-1' },
        metadata: { NAMESPACE: 'bookinfo', LISTEN_PORT_OFFSET: '1000' },
      });
      assert.deepEqual(snapshotOf(controlPlane.proxySnapshot('productpage')), described);
      assert.match(JSON.stringify(described.listeners), /127\.0\.0\.1_10080/);
    });

    it('of a gRPC client contain the resources that it asks for', async () => {
      const client = new XdsTestClient(port, { mode: 'sotw', node: { ...node, userAgentName: 'gRPC Go' } });
      clients.push(client);
      client.subscribe(typeUrls.listener, ['reviews-failover.bookinfo.global:9080']);
      await client.accept(typeUrls.listener);
      await stands('LDS', 'SYNCED');
      const { listeners, clusters } = snapshotOf(controlPlane.proxySnapshot('productpage'));
      assert.equal(listeners.length, 1);
      assert.ok(clusters.length > 0);
    });

    it('of a proxy that is not connected are a sentence with a suggestion', async () => {
      await connect();
      assert.equal(
        controlPlane.proxySnapshot('producpage'),
        'No proxy with the id "producpage" is connected. Did you mean "productpage"?',
      );
      assert.equal(controlPlane.heldSnapshot('x'), 'No proxy with the id "x" is connected.');
    });

    it('are told to who may use the admin address, although clients must prove who they are', async () => {
      await controlPlane.xds.drain(0);
      const principal: Principal = { name: 'envoy', seesAllClients: false, nodeRefusal: () => undefined };
      controlPlane = createControlPlane({ xds: { authenticate: () => principal } });
      controlPlane.apply(guide().first);
      ({ port } = await controlPlane.xds.listen('127.0.0.1:0'));
      await connect();
      assert.ok(heldOf(controlPlane.heldSnapshot('productpage')).clusters.length > 0);
      assert.equal(only().principal, 'envoy');
    });

    for (const mode of ['sotw', 'delta'] as const) {
      it(`show what it has acknowledged, and what not (${mode})`, async () => {
        const client = await connect({}, mode);
        const { clusters, listeners, pending, versions } = heldOf(controlPlane.heldSnapshot('productpage'));
        assert.deepEqual(clusters, snapshotOf(controlPlane.proxySnapshot('productpage')).clusters);
        assert.deepEqual([listeners, pending], [[], []]);
        assert.equal(versions['CDS'], only().types['CDS']?.version);

        client.subscribe(typeUrls.listener);
        const response = await client.next(typeUrls.listener);
        const inFlight = heldOf(controlPlane.heldSnapshot('productpage'));
        assert.deepEqual(inFlight.listeners, []);
        assert.ok(inFlight.pending.some(({ type, state }) => type === 'LDS' && state === 'STALE'));

        client.nack(response, 'listener 127.0.0.1_9080: bad');
        await stands('LDS', 'NACK');
        const rejected = heldOf(controlPlane.heldSnapshot('productpage'));
        const [listener] = rejected.pending.filter(({ name }) => name === '127.0.0.1_9080');
        assert.deepEqual(
          [listener?.type, listener?.state, listener?.version, listener?.error],
          ['LDS', 'NACK', '', 'listener 127.0.0.1_9080: bad'],
        );
        assert.deepEqual(rejected.clusters, clusters);
      });
    }
  });
});

/** `google.protobuf.Struct` in the field names of protobufjs. */
function toStruct(entries: object): object {
  return { fields: Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, toValue(value)])) };
}

function toValue(value: unknown): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { numberValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) return { listValue: { values: value.map(toValue) } };
  return { structValue: toStruct(value as object) };
}

function holdsClusters({ types }: Proxy): boolean {
  return types['CDS']?.state === 'SYNCED';
}

/** Waits, turn by turn of the event loop. */
async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await turn();
}

function guide(): ReturnType<typeof readCase> {
  return readCase(join(TESTDATA, 'golden/guide'));
}
