/**
 * The running demo: the control plane, the applications of both clusters, three Envoys and the two productpages. Where the resources come
 * from is decided elsewhere.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { envoyBinary } from '../../envoy/binary.js';
import type { BootstrapOptions, SocketAddress } from '../../envoy/bootstrap.js';
import { freePort } from '../support/processes/addresses.js';
import type { ControlPlane, ResourceStatus } from '../support/processes/control-plane.js';
import type { Applications } from './applications.js';
import { startEnvoy, type EnvoyProcess } from './envoy-process.js';
import { SERVICE_PORT, type Layout } from './layout.js';
import { Productpage } from './productpage.js';

export interface Stage {
  readonly plane: ControlPlane;
  readonly applications: Applications;
  /** The sidecars of productpage on mgmt-cluster and remote-cluster, and a gateway on mgmt-cluster. */
  readonly envoys: readonly EnvoyProcess[];
  readonly pages: { readonly mgmt: SocketAddress; readonly remote: SocketAddress };
  /** The gateway's listener. */
  readonly gateway: SocketAddress;
  readonly source: Source;
  /** Ends everything. Throws if the control plane does not exit with 0. */
  close(): Promise<void>;
}

/** A resource as a command shows it. */
export interface ShownResource {
  readonly command: string;
  readonly status: ResourceStatus;
}

/** Where the control plane reads its resources. */
export interface Source {
  /** Applies a file of the example that was not applied at the start. */
  apply(name: string): Promise<void>;
  /** The status of `KIND/NAME` as users see it. */
  statusOf(resource: string): Promise<ShownResource>;
  close(): Promise<void>;
}

/** A directory that is removed with the process. */
export function scratchDirectory(): string {
  const scratch = mkdtempSync(join(tmpdir(), 'lifeboat-demo-'));
  process.once('exit', () => {
    rmSync(scratch, { recursive: true, force: true });
  });
  return scratch;
}

export interface Scene {
  readonly plane: ControlPlane;
  readonly source: Source;
  /** Running already. */
  readonly applications: Applications;
  /** A directory for bootstraps. */
  readonly scratch: string;
}

/** Starts the Envoys and the productpages. */
export async function raiseStage(layout: Layout, { plane, source, applications, scratch }: Scene): Promise<Stage> {
  const cast = new Cast(layout, plane, scratch, await envoyBinary());
  const pages = { mgmt: await cast.productpage('mgmt-cluster'), remote: await cast.productpage('remote-cluster') };
  const gateway = await cast.gateway();
  return {
    plane,
    applications,
    envoys: cast.envoys,
    pages,
    gateway,
    source,
    close: async () => {
      await cast.close();
      await Promise.all(Object.values(applications).map((application) => application.refuse()));
      await plane.stop();
      await source.close();
      layout.block.release();
    },
  };
}

const LOCALITIES = {
  'mgmt-cluster': { octet: 1, locality: { region: 'us-east-1', zone: 'us-east-1a' } },
  'remote-cluster': { octet: 2, locality: { region: 'eu-west-1', zone: 'eu-west-1a' } },
} as const;

type Cluster = keyof typeof LOCALITIES;

/** The Envoys, and the applications that use them. */
class Cast {
  readonly envoys: EnvoyProcess[] = [];
  readonly #layout: Layout;
  readonly #plane: ControlPlane;
  readonly #scratch: string;
  readonly #binary: string;
  readonly #pages: Productpage[] = [];

  constructor(layout: Layout, plane: ControlPlane, scratch: string, binary: string) {
    this.#layout = layout;
    this.#plane = plane;
    this.#scratch = scratch;
    this.#binary = binary;
  }

  /** Starts a productpage and its sidecar. Returns the page's address. */
  async productpage(cluster: Cluster): Promise<SocketAddress> {
    const { octet } = LOCALITIES[cluster];
    const sidecar = await this.#envoy(cluster, 'sidecar', `0.1${octet}`);
    const page = { address: this.#layout.at(`${octet}.3`), port: SERVICE_PORT + this.#layout.portOffset };
    this.#pages.push(await Productpage.start(page, sidecar));
    return page;
  }

  /** Starts a gateway on mgmt-cluster. Returns its listener's address. */
  gateway(): Promise<SocketAddress> {
    return this.#envoy('mgmt-cluster', 'gateway', '0.13');
  }

  async close(): Promise<void> {
    for (const page of this.#pages) page.close();
    await Promise.all(this.envoys.map((envoy) => envoy.program.stop()));
  }

  async #envoy(cluster: Cluster, role: 'sidecar' | 'gateway', host: string): Promise<SocketAddress> {
    const address = this.#layout.at(host);
    const options: BootstrapOptions = {
      node: {
        id: `${role === 'sidecar' ? 'productpage' : 'gateway'}.${cluster}`,
        cluster,
        locality: LOCALITIES[cluster].locality,
        metadata: {
          CLUSTER_ID: cluster,
          NAMESPACE: 'bookinfo',
          ROLE: role,
          LISTEN_ADDRESS: address,
          LISTEN_PORT_OFFSET: this.#layout.portOffset,
        },
      },
      xds: this.#plane.xds,
      admin: { address, port: await freePort() },
    };
    this.envoys.push(await startEnvoy(this.#binary, this.#scratch, options));
    await this.#plane.synced(options.node.id);
    return { address, port: SERVICE_PORT + this.#layout.portOffset };
  }
}
