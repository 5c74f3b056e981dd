/**
 * The resources of one integration test: addresses, a control plane, Envoys, backends and traffic. Everything ends with the test. If the test
 * fails, the error contains the last lines of all logs.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AdsMode, SocketAddress } from '../../envoy/bootstrap.js';
import { claimTestBlock, freePort, type AddressBlock } from './processes/addresses.js';
import { Backend, type BackendOptions } from './services/backend.js';
import { ControlPlane, type ConfigFiles, type ControlPlaneOptions } from './processes/control-plane.js';
import { EnvoyContainer } from './envoys/envoy-container.js';
import { FAILOVER_HOSTNAME, APP_NAMESPACE } from './services/resources.js';
import { Site } from './services/site.js';
import { Traffic, type TrafficOptions } from './clients/traffic.js';

/** The number of lines of each log in an error. */
const SHOWN_LINES = 15;

/** A mocha test body that gets a {@link Story}. */
export function withStory(body: (story: Story) => Promise<void>): () => Promise<void> {
  return async () => {
    const current = await Story.begin();
    try {
      await body(current);
    } catch (error) {
      throw current.explain(error);
    } finally {
      await current.end();
    }
  };
}

export interface SidecarOptions {
  /** The site of the Envoy, which is also its region. */
  readonly cluster: string;
  /** Default `GRPC`. */
  readonly adsMode?: AdsMode;
  /** Where Envoy resolves DNS names. Default: the resolvers of the host. */
  readonly dnsResolver?: SocketAddress;
  /** Default: no. */
  readonly loadReports?: boolean;
  readonly staticListeners?: readonly object[];
  readonly staticClusters?: readonly object[];
  /** More of `node.metadata`. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** More flags of `envoy`. */
  readonly flags?: readonly string[];
  /** Whether to wait until it has acknowledged everything. Default: true. */
  readonly synced?: boolean;
}

/** A running Envoy and the address of its listeners. */
export interface Sidecar {
  readonly envoy: EnvoyContainer;
  readonly address: string;
}

/** A control plane, or what stands before one. */
export type Served = Pick<ControlPlane, 'xds' | 'synced'>;

/** The options of a control plane. */
export interface PlaneOptions extends Pick<ControlPlaneOptions, 'flags' | 'program' | 'readsFiles'> {
  readonly name?: string;
}

export class Story {
  /** The port of the services and of the listeners. Free on this machine. */
  readonly port: number;
  readonly #block: AddressBlock;
  readonly #directory: string;
  readonly #endings: (() => unknown)[] = [];
  readonly #logs: { readonly of: string; readonly lines: () => readonly string[] }[] = [];
  #addresses = 0;

  private constructor(block: AddressBlock, port: number, directory: string) {
    this.#block = block;
    this.port = port;
    this.#directory = directory;
  }

  static async begin(): Promise<Story> {
    const directory = await mkdtemp(join(tmpdir(), 'lifeboat-story-'));
    return new Story(await claimTestBlock(), await freePort(), directory);
  }

  /** Ends everything in reverse order. Throws the first error at the end. */
  async end(): Promise<void> {
    const errors: unknown[] = [];
    for (const ending of this.#endings.reverse()) {
      try {
        await ending();
      } catch (error) {
        errors.push(error);
      }
    }
    this.#block.release();
    await rm(this.#directory, { recursive: true, force: true });
    if (errors.length > 0) throw errors[0];
  }

  /** The error with the last lines of all logs. */
  explain(error: unknown): unknown {
    if (!(error instanceof Error)) return error;
    const logs = this.#logs.map(({ of, lines }) => `--- ${of}\n${lines().slice(-SHOWN_LINES).join('\n')}`);
    error.message = [error.message, ...logs].join('\n');
    return error;
  }

  /** A free loopback address. */
  address(): string {
    this.#addresses += 1;
    return `${this.#block.prefix}.${this.#addresses}`;
  }

  /** Runs when the test ends. */
  atEnd(ending: () => unknown): void {
    this.#endings.push(ending);
  }

  async backend(name: string, options: Partial<BackendOptions> = {}): Promise<Backend> {
    const backend = await Backend.start({ name, address: this.address(), port: this.port, ...options });
    this.atEnd(() => backend.refuse());
    return backend;
  }

  /** A site with backends named `<cluster>-1` and so on. Default: two backends. */
  async site(cluster: string, options: Partial<BackendOptions> & { readonly backends?: number } = {}): Promise<Site> {
    const { backends = 2, ...more } = options;
    const names = Array.from({ length: backends }, (_, index) => `${cluster}-${index + 1}`);
    return new Site(cluster, await Promise.all(names.map((name) => this.backend(name, more))));
  }

  /** An empty directory. It is removed when the test ends. */
  async directory(name: string): Promise<string> {
    const directory = join(this.#directory, name);
    await mkdir(directory);
    return directory;
  }

  /** Starts a control plane with these files. `name`: distinguishes several control planes. */
  async controlPlane(files: ConfigFiles, { name = 'config', ...options }: PlaneOptions = {}): Promise<ControlPlane> {
    const directory = join(this.#directory, name);
    const plane = await ControlPlane.start({ directory, address: this.address(), ...options }, files);
    this.atEnd(() => plane.stop());
    this.#logs.push({ of: `lifeboat serve ${name}`, lines: () => plane.log });
    return plane;
  }

  /** Starts another control plane that reads the files of this one. */
  async freshControlPlane({ directory }: ControlPlane): Promise<ControlPlane> {
    const plane = await ControlPlane.start({ directory, address: this.address() }, {});
    this.atEnd(() => plane.stop());
    this.#logs.push({ of: 'fresh lifeboat serve', lines: () => plane.log });
    return plane;
  }

  /** Starts the sidecar of a productpage in a site, and waits until it is ready and up to date. */
  async sidecar(plane: Served, options: SidecarOptions): Promise<Sidecar> {
    const address = this.address();
    const { cluster, metadata, synced = true, ...more } = options;
    const id = `sidecar~${address}~productpage-v1.${APP_NAMESPACE}~${cluster}`;
    const envoy = await this.keep(
      EnvoyContainer.start({
        node: {
          id,
          cluster,
          locality: { region: cluster },
          metadata: { CLUSTER_ID: cluster, NAMESPACE: APP_NAMESPACE, LISTEN_ADDRESS: address, ...metadata },
        },
        xds: plane.xds,
        admin: { address, port: await freePort() },
        ...more,
      }),
    );
    if (synced) await plane.synced(id);
    return { envoy, address };
  }

  /** Ends the Envoy with the test, and includes its log in errors. */
  async keep(starting: Promise<EnvoyContainer>): Promise<EnvoyContainer> {
    const envoy = await starting;
    this.atEnd(() => envoy.stop());
    this.#logs.push({ of: `Envoy ${envoy.id}`, lines: () => envoy.log });
    return envoy;
  }

  /** Steady traffic through a sidecar. Default: to the failover hostname. */
  traffic(sidecar: { readonly address: string }, options: Partial<TrafficOptions> = {}): Traffic {
    const host = `${FAILOVER_HOSTNAME}:${this.port}`;
    const traffic = new Traffic({ address: sidecar.address, port: this.port, host, ...options });
    this.atEnd(() => traffic.stop());
    this.#logs.push({ of: 'traffic', lines: () => [JSON.stringify(traffic.account())] });
    return traffic;
  }
}
