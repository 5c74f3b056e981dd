/**
 * A site: the backends of `reviews` in one cluster. They fail and recover together.
 */
import type { Backend } from './backend.js';
import { destination, type DestinationOptions } from './resources.js';
import type { ResourceObject } from '../processes/control-plane.js';

export class Site {
  readonly cluster: string;
  readonly backends: readonly Backend[];

  constructor(cluster: string, backends: readonly Backend[]) {
    this.cluster = cluster;
    this.backends = backends;
  }

  /** The names of the backends, by which traffic is counted. */
  get names(): readonly string[] {
    return this.backends.map((backend) => backend.name);
  }

  /** The service and its endpoints as a resource. */
  destination(options: Partial<DestinationOptions> = {}): ResourceObject {
    const port = this.backends[0]?.port ?? 0;
    const endpoints = this.backends.map((backend) => ({ address: backend.address }));
    return destination({ cluster: this.cluster, port, endpoints, ...options });
  }

  /** The number of requests to its backends. */
  received(method?: string): number {
    return this.backends.reduce((sum, backend) => sum + backend.received(method), 0);
  }

  /** Stops all servers at once but keeps their addresses. */
  async refuse(): Promise<void> {
    await Promise.all(this.backends.map((backend) => backend.refuse()));
  }

  async restore(): Promise<void> {
    await Promise.all(this.backends.map((backend) => backend.restore()));
  }

  hang(): void {
    for (const backend of this.backends) backend.hang();
  }

  answer(options: { readonly status?: number; readonly delay?: number } = {}): void {
    for (const backend of this.backends) backend.answer(options);
  }
}
