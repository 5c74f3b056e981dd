/** A server with a store and clients, for tests of the protocol. Everything is closed after each test. */
import {
  CLUSTER,
  type EncodedResource,
  type ListenOptions,
  ResourceStore,
  type ResourceStoreOptions,
  type Transport,
  XdsServer,
  type XdsServerOptions,
  encodeResource,
} from '../../xds/index.js';
import { TRANSPORTS } from '../../xds/transport/listen-options.js';
import type { ResourceOptions } from '../../xds/resources/resource.js';
import { XdsTestClient, type ClientOptions } from './client.js';
import type { ClientMode } from './client-wire.js';

export const MODES: readonly ClientMode[] = ['sotw', 'delta'];

/** Which services clients use: the aggregated one, or a separate one for each type. */
export type Services = 'aggregated' | 'separate';

export interface TestServer {
  readonly server: XdsServer;
  readonly store: ResourceStore;
  readonly port: number;
  connect(mode: ClientMode, options?: Partial<ClientOptions>): XdsTestClient;
  /** Puts resources in one transaction. */
  put(...resources: readonly EncodedResource[]): void;
  /** Removes resources of one type in one transaction. */
  remove(typeUrl: string, ...names: readonly string[]): void;
  close(): Promise<void>;
}

export interface TestServerOptions extends Partial<Omit<XdsServerOptions, 'provider'>> {
  readonly store?: ResourceStoreOptions;
  readonly listen?: ListenOptions;
  readonly resources?: readonly EncodedResource[];
  readonly provider?: XdsServerOptions['provider'];
  /** The services that clients use by default. Default: the aggregated one. */
  readonly clients?: Services;
  /** The transport. Default: that of the server. */
  readonly transport?: Transport;
}

export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { store: storeOptions, listen, resources = [], clients: services, transport, ...rest } = options;
  const store = new ResourceStore(storeOptions);
  for (const item of resources) store.put(item);
  const server = new XdsServer({ provider: store, ...rest });
  const { port } = await server.listen('127.0.0.1:0', { ...(transport && { transport }), ...listen });
  const clients: XdsTestClient[] = [];
  return {
    server,
    store,
    port,
    connect(mode, clientOptions = {}) {
      const separate = services === 'separate' ? { separate: server.methods() } : {};
      const client = new XdsTestClient(port, { mode, ...separate, ...clientOptions });
      clients.push(client);
      return client;
    },
    put: (...items) => server.transaction(() => items.forEach((item) => store.put(item))),
    remove: (typeUrl, ...names) => server.transaction(() => names.forEach((name) => store.remove(typeUrl, name))),
    async close() {
      for (const client of clients) client.close();
      await server.drain(0);
    },
  };
}

type Start = (options?: TestServerOptions) => Promise<TestServer>;

/** Runs the same tests over every transport. */
export function overTransports(title: string, tests: (start: Start, transport: Transport) => void): void {
  for (const transport of TRANSPORTS) {
    describe(`${title} (${transport})`, () => {
      const start = testServers();
      tests((options) => start({ transport, ...options }), transport);
    });
  }
}

/**
 * Runs the same tests with clients of the aggregated service, over every transport, and with clients that have a separate stream for each type,
 * directly to the methods of the server.
 */
export function overAllServices(title: string, tests: (start: Start) => void): void {
  overTransports(`${title}, aggregated`, tests);
  describe(`${title}, separate`, () => {
    const start = testServers();
    tests((options) => start({ clients: 'separate', ...options }));
  });
}

/** Starts servers for one `describe`. They are closed after each of its tests. */
export function testServers(): Start {
  const started: TestServer[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((server) => server.close()));
  });
  return async (options) => {
    const server = await startServer(options);
    started.push(server);
    return server;
  };
}

/** A resource whose message has its name in field 1, like all of Envoy's, and its content in field 15. */
export function resource(
  typeUrl: string,
  name: string,
  content: string | Buffer = '1',
  options: ResourceOptions = {},
): EncodedResource {
  const body = Buffer.from(content);
  const value = Buffer.concat([field(1, Buffer.from(name)), field(15, body)]);
  return encodeResource(typeUrl, name, value, options);
}

/** An EDS cluster. Its load assignment has the same name. */
export function cluster(name: string, content = '1'): EncodedResource {
  return resource(CLUSTER, name, content, { endpoints: name });
}

function field(number: number, bytes: Buffer): Buffer {
  const length: number[] = [];
  for (let rest = bytes.length; ; rest >>>= 7) {
    length.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    if (rest <= 0x7f) break;
  }
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes]);
}
