/**
 * Reads the admin address of an Envoy.
 * https://www.envoyproxy.io/docs/envoy/latest/operations/admin
 */
import { send } from '../clients/http-client.js';
import type { SocketAddress } from '../../../envoy/bootstrap.js';

/** One host of a cluster as `/clusters` shows it. */
export interface HostStatus {
  readonly address: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
  readonly locality: { readonly region?: string; readonly zone?: string; readonly sub_zone?: string };
  /** `HEALTHY`, `UNHEALTHY`, `DRAINING`, …, as in the load assignment. */
  readonly edsHealth: string;
  /** Whether outlier detection ejected it. */
  readonly ejected: boolean;
}

export interface ClusterStatus {
  readonly name: string;
  /** Whether it comes from the control plane, not from the bootstrap. */
  readonly addedViaApi: boolean;
  readonly hosts: readonly HostStatus[];
}

/** A section of `/config_dump`, with its `@type`. */
export type ConfigDumpSection = Readonly<Record<string, unknown>> & { readonly '@type': string };

export class EnvoyAdmin {
  readonly #socket: SocketAddress;

  constructor(socket: SocketAddress) {
    this.#socket = socket;
  }

  /** Whether Envoy serves requests: it has its listeners, clusters and endpoints. */
  async ready(): Promise<boolean> {
    const response = await send({ ...this.#socket, path: '/ready' });
    return response.status === 200;
  }

  /** Whether Envoy runs, ready or not. */
  async answers(): Promise<boolean> {
    const response = await send({ ...this.#socket, path: '/ready' });
    return response.status > 0;
  }

  /** The clusters that the control plane sent, by name. */
  async clusters(): Promise<ReadonlyMap<string, ClusterStatus>> {
    const answer = (await this.#json('/clusters?format=json')) as RawClusters;
    const clusters = (answer.cluster_statuses ?? []).map(toClusterStatus).filter((cluster) => cluster.addedViaApi);
    return new Map(clusters.map((cluster) => [cluster.name, cluster]));
  }

  /** Counters and gauges whose name matches, by name. */
  async stats(filter: RegExp): Promise<ReadonlyMap<string, number>> {
    const query = new URLSearchParams({ format: 'json', filter: filter.source });
    const answer = (await this.#json(`/stats?${query.toString()}`)) as RawStats;
    return new Map(
      answer.stats.flatMap((stat) => (typeof stat.value === 'number' ? [[stat.name ?? '', stat.value] as const] : [])),
    );
  }

  /** The sections of `/config_dump`, including endpoints. */
  async configDump(): Promise<readonly ConfigDumpSection[]> {
    const answer = (await this.#json('/config_dump?include_eds')) as { readonly configs: readonly ConfigDumpSection[] };
    return answer.configs;
  }

  async #json(path: string): Promise<unknown> {
    const response = await send({ ...this.#socket, path });
    if (response.status !== 200) throw new Error(`Envoy answered ${path} with ${response.status}: ${response.body}`);
    return JSON.parse(response.body);
  }
}

function toClusterStatus(raw: RawCluster): ClusterStatus {
  return {
    name: raw.name,
    addedViaApi: raw.added_via_api ?? false,
    hosts: (raw.host_statuses ?? []).map(toHostStatus),
  };
}

/** Proto JSON omits default values: priority 0, weight 0, health false. */
function toHostStatus(raw: RawHost): HostStatus {
  const socket = raw.address.socket_address;
  return {
    address: socket?.address ?? '',
    port: socket?.port_value ?? 0,
    priority: raw.priority ?? 0,
    weight: raw.weight ?? 0,
    locality: raw.locality ?? {},
    edsHealth: raw.health_status.eds_health_status ?? 'UNKNOWN',
    ejected: raw.health_status.failed_outlier_check ?? false,
  };
}

interface RawClusters {
  readonly cluster_statuses?: readonly RawCluster[];
}

interface RawCluster {
  readonly name: string;
  readonly added_via_api?: boolean;
  readonly host_statuses?: readonly RawHost[];
}

interface RawHost {
  readonly address: { readonly socket_address?: { readonly address: string; readonly port_value: number } };
  readonly priority?: number;
  readonly weight?: number;
  readonly locality?: HostStatus['locality'];
  readonly health_status: { readonly eds_health_status?: string; readonly failed_outlier_check?: boolean };
}

interface RawStats {
  readonly stats: readonly { readonly name?: string; readonly value?: number | string }[];
}
