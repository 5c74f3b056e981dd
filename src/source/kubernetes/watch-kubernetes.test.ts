/** What is asked of API servers, and what becomes of their answers. integration/kubernetes has real ones. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import type { PathState } from '../contents/path-state.js';
import type { ResourceBatch } from '../contents/table.js';
import { type KubernetesSource, type WatchKubernetesOptions, watchKubernetes } from './watch-kubernetes.js';
import { DEFAULT_READ_LIMITS } from '../yaml/limits.js';

const SERVED: Readonly<Record<string, readonly string[]>> = {
  '/api/v1': ['services', 'nodes', 'pods', 'namespaces'],
  '/apis/discovery.k8s.io/v1': ['endpointslices'],
  '/apis/resilience.policy.gloo.solo.io/v2': ['failoverpolicies'],
};

/** An API server with one Service in each namespace. Watches stay open. */
class FakeApi {
  /** Paths of lists and watches, with what is accepted. */
  readonly asked: string[] = [];
  readonly watches = new Map<string, ServerResponse>();
  readonly events = new EventEmitter();
  isSilent = false;
  /** Of Services. */
  isEmpty = false;
  readonly #server: Server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    if (this.isSilent) return;
    const served = SERVED[pathname];
    if (served !== undefined) response.end(JSON.stringify({ resources: served.map((name) => ({ name })) }));
    else if (searchParams.get('watch') === 'true') {
      response.writeHead(200).flushHeaders();
      this.watches.set(pathname, response);
      this.events.emit('watch');
    } else if (Object.keys(SERVED).some((path) => pathname.startsWith(`${path}/`))) {
      this.asked.push(
        `${pathname} ${(request.headers.accept ?? '').includes('PartialObjectMetadataList') ? 'metadata' : 'whole'}`,
      );
      response.end(
        JSON.stringify({ metadata: { resourceVersion: '1' }, items: this.isEmpty ? [] : itemsAt(pathname) }),
      );
    } else response.writeHead(404).end('{}');
  });

  async start(): Promise<KubeConfig> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    const { port } = this.#server.address() as AddressInfo;
    const config = new KubeConfig();
    const server = `http://127.0.0.1:${String(port)}`;
    config.loadFromClusterAndUser({ name: 'c', server, skipTLSVerify: true }, { name: 'u', token: 't' });
    return config;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

function itemsAt(path: string): readonly object[] | null {
  if (!path.endsWith('/services')) return null;
  const namespace = /namespaces\/(\w+)/.exec(path)?.[1] ?? 'everywhere';
  return [{ metadata: { name: 'a', namespace }, spec: { ports: [{ port: 80 }] } }];
}

describe('resources of API servers', () => {
  let api: FakeApi;
  let source: KubernetesSource | undefined;
  const told = new EventEmitter();

  beforeEach(() => {
    api = new FakeApi();
  });

  afterEach(async () => {
    await source?.close();
    api.stop();
  });

  async function watch(
    more: {
      readonly isManagement?: boolean;
      readonly namespaces?: readonly string[];
      readonly shrinkGraceMs?: number;
    } = {},
  ): Promise<void> {
    const { isManagement = true, namespaces = [], shrinkGraceMs = 60_000 } = more;
    const options: WatchKubernetesOptions = {
      shrinkGraceMs,
      limits: DEFAULT_READ_LIMITS,
      onBatch: (batch) => told.emit('batch', batch),
      onStates: (states) => told.emit('states', states),
      onError: (error) => assert.fail(error),
    };
    source = watchKubernetes(
      { clusters: [{ name: 'east', config: await api.start(), isManagement }], namespaces },
      options,
    );
  }

  async function nextBatch(): Promise<ResourceBatch> {
    const [batch] = (await once(told, 'batch')) as [ResourceBatch];
    return batch;
  }

  it('are passed on as one batch when everything was listed, then as they change', async () => {
    await watch();
    const { upserts } = await nextBatch();
    assert.deepEqual(
      upserts.map(({ kind, metadata }) => [kind, metadata.namespace, metadata.name, metadata.annotations]),
      [['Service', 'everywhere', 'a', { 'cluster.solo.io/cluster': 'east' }]],
    );
    while (!api.watches.has('/api/v1/services')) await once(api.events, 'watch');
    const object = { metadata: { name: 'a', namespace: 'everywhere', resourceVersion: '2' } };
    const next = nextBatch();
    api.watches.get('/api/v1/services')?.write(`${JSON.stringify({ type: 'DELETED', object })}\n`);
    assert.deepEqual((await next).deletes, [{ kind: 'Service', namespace: 'everywhere', name: 'a', cluster: 'east' }]);
  });

  it('are asked for in the chosen namespaces only; of Nodes, Pods and Namespaces the metadata', async () => {
    await watch({ namespaces: ['shop', 'bank'] });
    const { upserts } = await nextBatch();
    assert.deepEqual(upserts.map(({ metadata }) => metadata.namespace).sort(), ['bank', 'shop']);
    assert.deepEqual(
      api.asked.sort(),
      [
        '/api/v1/namespaces metadata',
        '/api/v1/nodes metadata',
        ...['bank', 'shop'].flatMap((namespace) => [
          `/api/v1/namespaces/${namespace}/pods metadata`,
          `/api/v1/namespaces/${namespace}/services whole`,
          `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices whole`,
          `/apis/resilience.policy.gloo.solo.io/v2/namespaces/${namespace}/failoverpolicies whole`,
        ]),
      ].sort(),
    );
  });

  it('are custom resources only in the management cluster', async () => {
    await watch({ isManagement: false });
    await nextBatch();
    assert.deepEqual(
      api.asked.filter((path) => path.includes('gloo')),
      [],
    );
  });

  /** The version of the watch is forgotten, and the next list has nothing. */
  async function listAgainWithoutAny(): Promise<void> {
    while (!api.watches.has('/api/v1/services')) await once(api.events, 'watch');
    api.isEmpty = true;
    const gone = { type: 'ERROR', object: { code: 410, message: 'too old' } };
    api.watches.get('/api/v1/services')?.end(`${JSON.stringify(gone)}\n`);
  }

  it('promise 1: stay when a list suddenly lacks more than half of them', async () => {
    await watch();
    await nextBatch();
    let states: readonly PathState[] = [];
    told.on('states', (now: readonly PathState[]) => (states = now)).on('batch', () => assert.fail('they are gone'));
    await listAgainWithoutAny();
    while (states[0]?.problem === undefined) await once(told, 'states');
    told.removeAllListeners();
    assert.match(states[0].problem, /services: the list has only 0 of 1 objects, and is not believed until/);
    assert.equal(states[0].resources, 1);
  });

  it('promise 1: are gone when such a list was repeated for the grace time', async () => {
    await watch({ shrinkGraceMs: 100 });
    await nextBatch();
    await listAgainWithoutAny();
    assert.deepEqual(
      (await nextBatch()).deletes.map(({ name }) => name),
      ['a'],
    );
  });

  it('are missing while a server says nothing, which is told at once', async () => {
    api.isSilent = true;
    await watch();
    const [states] = (await once(told, 'states')) as [readonly PathState[]];
    assert.deepEqual(
      states.map(({ path, resources, problem }) => [path, resources, problem]),
      [['kubernetes/east', 0, 'The resources of cluster east were not read completely yet.']],
    );
  });
});
