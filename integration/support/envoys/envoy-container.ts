/**
 * A real Envoy in a container with the host's network, which gets its configuration from a control plane.
 */
import { GenericContainer, Wait, getContainerRuntimeClient, type StartedTestContainer } from 'testcontainers';
import { bootstrap, envoyArguments, type BootstrapOptions } from '../../../envoy/bootstrap.js';
import { ENVOY_IMAGE } from '../../../envoy/image/build.js';
import { EnvoyAdmin } from './envoy-admin.js';
import { eventually } from '../processes/eventually.js';

const BOOTSTRAP_FILE = '/etc/envoy/bootstrap.json';

export interface EnvoyOptions extends BootstrapOptions {
  /** More flags of `envoy`. */
  readonly flags?: readonly string[];
}

/** How a container is started from a bootstrap from elsewhere. */
export interface StartOptions {
  /** More flags of `envoy`. */
  readonly flags?: readonly string[];
  /** Whether the control plane serves it, so that it becomes ready. Default: yes. */
  readonly served?: boolean;
}

export class EnvoyContainer {
  readonly id: string;
  readonly admin: EnvoyAdmin;
  /** What Envoy logged, line by line. */
  readonly log: readonly string[];
  readonly #container: StartedTestContainer;

  private constructor(id: string, admin: EnvoyAdmin, log: readonly string[], container: StartedTestContainer) {
    this.id = id;
    this.admin = admin;
    this.log = log;
    this.#container = container;
  }

  /** Starts an Envoy and waits until it has its first configuration. */
  static async start({ flags = [], ...options }: EnvoyOptions): Promise<EnvoyContainer> {
    return EnvoyContainer.startFrom(options.node.id, bootstrap(options), new EnvoyAdmin(options.admin), { flags });
  }

  /** The same with a given bootstrap, whose admin address is `adminAddress`. */
  static async startFrom(
    id: string,
    config: object,
    admin: EnvoyAdmin,
    { flags = [], served = true }: StartOptions = {},
  ): Promise<EnvoyContainer> {
    const image = new GenericContainer(ENVOY_IMAGE)
      .withCopyContentToContainer([{ content: JSON.stringify(config), target: BOOTSTRAP_FILE }])
      .withCommand([...envoyArguments(BOOTSTRAP_FILE), ...flags]);
    return EnvoyContainer.#run(id, image, admin, served);
  }

  /** With these arguments alone, as a user without privileges and capabilities. */
  static async startUnprivileged(
    id: string,
    args: readonly string[],
    admin: EnvoyAdmin,
    user: string,
  ): Promise<EnvoyContainer> {
    const image = new GenericContainer(ENVOY_IMAGE)
      .withCommand([...args])
      .withUser(user)
      .withDroppedCapabilities('ALL');
    return EnvoyContainer.#run(id, image, admin, true);
  }

  static async #run(id: string, image: GenericContainer, admin: EnvoyAdmin, served: boolean): Promise<EnvoyContainer> {
    const log: string[] = [];
    const container = await image
      .withNetworkMode('host')
      .withLogConsumer((stream) => stream.on('data', (chunk) => log.push(...String(chunk).trimEnd().split('\n'))))
      .withWaitStrategy(Wait.forListeningPorts())
      .start();
    const envoy = new EnvoyContainer(id, admin, log, container);
    try {
      await eventually(() => (served ? admin.ready() : admin.answers()), { what: `Envoy ${id} is ready` });
    } catch (error) {
      await envoy.stop();
      throw new Error(`Envoy ${id} did not become ready: ${log.slice(-10).join('\n')}`, { cause: error });
    }
    return envoy;
  }

  /** Stops the process without ending it (SIGSTOP): its connections stay open, and it reads nothing. `stop` ends it all the same. */
  async freeze(): Promise<void> {
    await this.#signal('SIGSTOP');
  }

  async thaw(): Promise<void> {
    await this.#signal('SIGCONT');
  }

  async #signal(signal: string): Promise<void> {
    const { container } = await getContainerRuntimeClient();
    await container.dockerode.getContainer(this.#container.getId()).kill({ signal });
  }

  /** Restarts the process: it loses its configuration, and is ready again when it has its first one. */
  async restart(): Promise<void> {
    await this.#container.restart();
    await eventually(() => this.admin.ready(), { what: `Envoy ${this.id} is ready again`, timeout: 60_000 });
  }

  async stop(): Promise<void> {
    await this.#container.stop();
  }
}
