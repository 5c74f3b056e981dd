/**
 * A Kubernetes cluster that runs `reviews`: an API server with a Node, a Service and an EndpointSlice, and the backends. An EndpointSlice cannot
 * have loopback addresses, so each backend has an address of 10.0.0.0/8 on the loopback interface.
 */
import type { Backend } from '../services/backend.js';
import { APP_NAMESPACE } from '../services/resources.js';
import type { Story } from '../story.js';
import { ApiServer } from './api-server.js';
import { addAddress } from './routable-address.js';

const ZONE = 'topology.kubernetes.io/zone';
const REGION = 'topology.kubernetes.io/region';

export class KubeSite {
  readonly name: string;
  readonly server: ApiServer;
  readonly backends: readonly Backend[];

  private constructor(server: ApiServer, backends: readonly Backend[]) {
    this.name = server.name;
    this.server = server;
    this.backends = backends;
  }

  /** Two backends, ready. */
  static async start(story: Story, name: string): Promise<KubeSite> {
    const server = await ApiServer.start({ address: story.address(), directory: await story.directory(name), name });
    story.atEnd(() => server.stop());
    const backends = await Promise.all([1, 2].map((index) => routableBackend(story, `${name}-${String(index)}`)));
    const site = new KubeSite(server, backends);
    await server.apply([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: APP_NAMESPACE } },
      { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1', labels: { [REGION]: name, [ZONE]: `${name}-a` } } },
    ]);
    await server.apply([site.#service(), site.#slice(backends)]);
    return site;
  }

  get names(): readonly string[] {
    return this.backends.map((backend) => backend.name);
  }

  /** These backends are ready, the others are not. */
  async ready(backends: readonly Backend[]): Promise<void> {
    await this.server.apply([this.#slice(backends)]);
  }

  #service(): object {
    const port = this.backends[0]?.port;
    return {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'reviews', namespace: APP_NAMESPACE, labels: { app: 'reviews' } },
      spec: { selector: { app: 'reviews' }, ports: [{ name: 'http', port, targetPort: port }] },
    };
  }

  #slice(ready: readonly Backend[]): object {
    return {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: 'reviews-1',
        namespace: APP_NAMESPACE,
        labels: { 'kubernetes.io/service-name': 'reviews' },
      },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: this.backends[0]?.port, protocol: 'TCP' }],
      endpoints: this.backends.map((backend) => ({
        addresses: [backend.address],
        nodeName: 'node-1',
        conditions: { ready: ready.includes(backend) },
      })),
    };
  }
}

async function routableBackend(story: Story, name: string): Promise<Backend> {
  const address = story.address().replace(/^127\./, '10.');
  story.atEnd(await addAddress(address));
  return story.backend(name, { address });
}
