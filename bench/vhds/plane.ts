/** The control plane of the measurement: Lifeboat's library server with one listener, one route configuration and its virtual hosts. */
import { EventEmitter, once } from 'node:events';
import { type EncodedResource, ResourceStore, XdsServer } from '../../src/xds/index.js';
import { hostname } from '../world/names.js';
import {
  type Way,
  HOST_TYPE,
  ROUTES_NAME,
  ROUTES_TYPE,
  askedDomain,
  cluster,
  encodeHost,
  hostOnDemand,
  listener,
  notFound,
  routes,
  virtualHost,
} from './messages.js';
import { OnDemandHosts } from './on-demand-hosts.js';

export interface PlaneOptions {
  readonly way: Way;
  readonly hosts: number;
  /** The number of hosts that have a cluster. */
  readonly clusters: number;
  readonly listenerPort: number;
  readonly backendPort: number;
  /** Virtual hosts in the route configuration, beside those on demand. */
  readonly beside?: readonly object[];
}

/** Bytes and numbers of the responses with routes and virtual hosts. */
export interface Sent {
  bytes: number;
  hosts: number;
}

export class Plane {
  readonly sent: Sent = { bytes: 0, hosts: 0 };
  /** When the first request of the last connection arrived. */
  connectedAt = 0;
  readonly #options: PlaneOptions;
  readonly #store = new ResourceStore();
  readonly #onDemand: OnDemandHosts;
  readonly #answers = new EventEmitter();
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #messages: object[];
  /** The same, encoded, for the route configuration. */
  readonly #encoded: Uint8Array[];
  #server: XdsServer | undefined;
  #port = 0;

  constructor(options: PlaneOptions) {
    const { way, hosts, clusters, listenerPort, backendPort } = options;
    this.#options = options;
    this.#indexes = new Map(Array.from({ length: hosts }, (_, index) => [hostname(index), index]));
    this.#messages = Array.from({ length: hosts }, (_, index) => virtualHost(index));
    this.#encoded = way === 'rds' ? this.#messages.map(encodeHost) : [];
    this.#onDemand = new OnDemandHosts(this.#store, (asked) => this.#answer(asked));
    for (let index = 0; index < clusters; index += 1) this.#store.put(cluster(index, backendPort));
    this.#store.put(listener(listenerPort, way));
    this.#store.put(this.#routes());
  }

  get port(): number {
    return this.#port;
  }

  /** Listens, at the same port as before. */
  async start(): Promise<void> {
    const server = new XdsServer({
      provider: this.#onDemand,
      events: {
        connected: () => {
          this.connectedAt = performance.now();
        },
        sent: (_, type, { bytes, resources }) => {
          if (type !== HOST_TYPE && type !== ROUTES_TYPE) return;
          this.sent.bytes += bytes;
          if (type === HOST_TYPE) this.sent.hosts += resources;
        },
        acked: (_, type) => void this.#answers.emit(type),
        nacked: (_, type, _version, message) => {
          throw new Error(`${type} was rejected: ${message}`);
        },
      },
      logger: { error: (details, message) => console.error(message, details) },
    });
    this.#port = (await server.listen(`127.0.0.1:${String(this.#port)}`, { transport: 'http2' })).port;
    this.#server = server;
  }

  /** Closes all connections and the port. */
  async stop(): Promise<void> {
    await this.#server?.drain(0);
    this.#server = undefined;
  }

  /** Changes one virtual host. Returns a promise of the acknowledgement, and the time that the encoding took. */
  change(index: number, version: number): { readonly acknowledged: Promise<unknown>; readonly encodingMs: number } {
    const onDemand = this.#options.way === 'vhds';
    const acknowledged = once(this.#answers, onDemand ? HOST_TYPE : ROUTES_TYPE);
    const began = performance.now();
    this.#messages[index] = virtualHost(index, version);
    if (onDemand) {
      this.#onDemand.changed(`${ROUTES_NAME}/${hostname(index)}`);
      return { acknowledged, encodingMs: performance.now() - began };
    }
    this.#encoded[index] = encodeHost(this.#messages[index]);
    const changed = this.#routes();
    const encodingMs = performance.now() - began;
    this.#store.put(changed);
    return { acknowledged, encodingMs };
  }

  #routes(): EncodedResource {
    const { way, beside = [] } = this.#options;
    return routes(way, [...this.#encoded, ...beside.map(encodeHost)]);
  }

  #answer(asked: string): EncodedResource {
    const host = askedDomain(asked).replace(/:\d+$/, '');
    const index = this.#indexes.get(host);
    return hostOnDemand(asked, index === undefined ? notFound() : (this.#messages[index] ?? {}));
  }
}
