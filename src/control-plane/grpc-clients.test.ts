/** What gRPC clients are told, request by request, and that no Envoy is told of it. */
import assert from 'node:assert/strict';
import { destination, failoverService, putResources, trafficPolicy } from '../testing/world.js';
import { watch } from '../testing/watcher.js';
import { XdsTestClient } from '../testing/xds/client.js';
import { MODES } from '../testing/xds/server.js';
import { XdsServer, type XdsNode } from '../xds/index.js';
import { toClient } from './clients/client.js';
import { type Core, createCore } from './inputs/core.js';
import { createProvider } from './views/provider.js';
import { typeUrls } from './views/resource-types.js';
import { failoverKey } from '../mesh/model/failover-key.js';

const services = ['one@east', 'one@west'];
const over = failoverService('over', services);

function createWorldCore(): Core {
  const core = createCore();
  const outliers = trafficPolicy('outliers', services, { outlierDetection: {} });
  putResources(core.graph, core.model.inputs, [
    destination('one', 'east', { endpoints: ['10.0.0.1'] }),
    destination('one', 'west'),
    outliers,
    over,
  ]);
  return core;
}

describe('a gRPC client', () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    await Promise.all(closing.splice(0).map((close) => close()));
  });

  async function start(core: Core): Promise<{ readonly server: XdsServer; readonly port: number }> {
    const server = new XdsServer({ provider: createProvider(core.graph, core.model, core.envoy) });
    const { port } = await server.listen('127.0.0.1:0');
    closing.push(() => server.drain(0));
    return { server, port };
  }

  function connect(port: number, mode: (typeof MODES)[number], node: Readonly<Record<string, unknown>>): XdsTestClient {
    const client = new XdsTestClient(port, { mode, node: { id: 'client', cluster: 'east', ...node } });
    closing.push(async () => {
      client.close();
    });
    return client;
  }

  for (const mode of MODES) {
    it(`gets its targets, their clusters and endpoints, and nothing else: rules 46 and 53 (${mode})`, async () => {
      const core = createWorldCore();
      const { server, port } = await start(core);
      const client = connect(port, mode, { userAgentName: 'gRPC Go' });
      client.subscribe(typeUrls.listener, ['over.global:80', 'over.global:81']);
      const listeners = await client.accept(typeUrls.listener);
      assert.deepEqual(
        [listeners.names, listeners.removed],
        [['over.global:80'], mode === 'delta' ? ['over.global:81'] : []],
      );
      const name = 'outbound|80||over.global';
      client.subscribe(typeUrls.cluster, [name]);
      assert.deepEqual((await client.accept(typeUrls.cluster)).names, [name]);
      client.subscribe(typeUrls.endpoint, [name]);
      assert.deepEqual((await client.accept(typeUrls.endpoint)).names, [name]);

      server.transaction(() => {
        core.graph.commit((transaction) => transaction.delete(core.model.inputs.failovers, failoverKey(over.ref)));
      });
      const gone = await client.accept(typeUrls.listener);
      assert.deepEqual([gone.names, gone.removed], [[], mode === 'delta' ? ['over.global:80'] : []]);
      assert.deepEqual([...new Set(client.history.flatMap(({ names }) => names))], ['over.global:80', name]);
    });
  }

  it('does not bind listeners: an Envoy with the same node has its own', async () => {
    const core = createWorldCore();
    const { port } = await start(core);
    connect(port, 'sotw', { userAgentName: 'gRPC Go' }).subscribe(typeUrls.listener, ['over.global:80']);
    const envoy = connect(port, 'sotw', { userAgentName: 'envoy' });
    envoy.subscribe(typeUrls.listener, []);
    assert.deepEqual((await envoy.accept(typeUrls.listener)).names, ['127.0.0.1_80']);
  });

  it('shares the bytes of its endpoints with Envoys, and those of its listeners with other gRPC clients', () => {
    const core = createWorldCore();
    const watchers = ['one', 'two'].map((nodeId) =>
      watch(core, { nodeId, cluster: 'east', metadata: { NAMESPACE: nodeId }, targets: ['over.global:80'] }),
    );
    const envoy = watch(core, { nodeId: 'envoy', cluster: 'east' });
    const name = 'outbound|80||over.global';
    for (const watcher of watchers) assert.equal(watcher.versions().endpoint[name], envoy.versions().endpoint[name]);
    assert.equal(core.graph.computed().get('encodedApiListeners'), 1);
    assert.equal(core.graph.computed().get('encodedGrpcClusters'), 1);
  });

  it('is recognized by its user agent', () => {
    const node: XdsNode = {
      id: '',
      cluster: '',
      locality: { region: '', zone: '', subZone: '' },
      metadata: {},
      userAgentName: '',
      userAgentVersion: '',
      clientFeatures: [],
    };
    const proxyless = (more: Partial<XdsNode>): boolean => toClient({ ...node, ...more }).proxyless;
    for (const userAgentName of ['gRPC Go', 'gRPC C-core linux', 'gRPC Java', 'gRPC Node Pure JS'])
      assert.ok(proxyless({ userAgentName }), userAgentName);
    assert.ok(proxyless({ metadata: { GENERATOR: 'grpc' } }));
    assert.ok(!proxyless({}));
    assert.ok(!proxyless({ userAgentName: 'envoy', metadata: { GENERATOR: 7 } }));
  });
});
