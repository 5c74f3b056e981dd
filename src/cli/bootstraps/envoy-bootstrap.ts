/**
 * The bootstrap of an Envoy that gets its configuration from a control plane by ADS. A pure function of the node and of
 * addresses; reads no files.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/bootstrap/v3/bootstrap.proto
 */
import type { LocalityText, SocketAddress } from '../../admin/queries/text-forms.js';
import { XDS_CLUSTER, type XdsClusterOptions, socketAddress, xdsCluster } from './xds-cluster.js';

export interface BootstrapOptions {
  readonly nodeId: string;
  /** `node.cluster`; Envoy requires it. */
  readonly cluster: string;
  readonly locality: LocalityText;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly controlPlanes: XdsClusterOptions;
  readonly adminAddress: SocketAddress;
  /** Whether to use incremental xDS instead of state-of-the-world xDS. */
  readonly incremental: boolean;
  /** Static listeners, and clusters beside that of the control planes. Default: none. */
  readonly listeners?: readonly object[];
  readonly clusters?: readonly object[];
}

export function envoyBootstrap(options: BootstrapOptions): object {
  return {
    node: node(options),
    admin: { address: socketAddress(options.adminAddress) },
    dynamic_resources: dynamicResources(options.incremental),
    cluster_manager: { load_stats_config: { api_type: 'GRPC', ...controlPlane() } },
    static_resources: {
      ...(options.listeners && { listeners: options.listeners }),
      clusters: [xdsCluster(options.controlPlanes), ...(options.clusters ?? [])],
    },
  };
}

function node({ nodeId, cluster, locality, metadata }: BootstrapOptions): object {
  return {
    id: nodeId,
    cluster,
    ...nodeLocality(locality),
    ...(Object.keys(metadata).length > 0 && { metadata }),
  };
}

/** `node.locality`; empty if no part of it is known. */
export function nodeLocality({ region, zone, subZone }: LocalityText): { readonly locality?: object } {
  const parts = {
    ...(region !== undefined && { region }),
    ...(zone !== undefined && { zone }),
    ...(subZone !== undefined && { sub_zone: subZone }),
  };
  return Object.keys(parts).length === 0 ? {} : { locality: parts };
}

function dynamicResources(incremental: boolean): object {
  // 0s: Envoy waits for its first configuration without a limit, and does not start without one.
  const viaAds = { ads: {}, resource_api_version: 'V3', initial_fetch_timeout: '0s' };
  return {
    ads_config: {
      api_type: incremental ? 'DELTA_GRPC' : 'GRPC',
      ...controlPlane(),
      set_node_on_first_message_only: true,
    },
    lds_config: viaAds,
    cds_config: viaAds,
  };
}

function controlPlane(): object {
  return { transport_api_version: 'V3', grpc_services: [{ envoy_grpc: { cluster_name: XDS_CLUSTER } }] };
}
