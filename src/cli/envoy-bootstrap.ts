/**
 * The bootstrap of an Envoy that takes its configuration from a control plane by ADS. A pure function of the node and two
 * addresses; reads nothing.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/bootstrap/v3/bootstrap.proto
 */
import { isIP } from 'node:net';
import type { LocalityText, SocketAddress } from '../admin/text-forms.js';

export interface BootstrapOptions {
  readonly nodeId: string;
  /** `node.cluster`; Envoy demands one. */
  readonly cluster: string;
  readonly locality: LocalityText;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly xdsAddress: SocketAddress;
  readonly adminAddress: SocketAddress;
  /** Ask for changes only, instead of the state of the world. */
  readonly delta: boolean;
}

/** Name of the static cluster that the control plane stands in. */
const XDS_CLUSTER = 'xds_cluster';
/** A connection that is idle or half open is asked for a sign of life this often, and given up after the timeout. */
const KEEPALIVE_INTERVAL = '30s';
const KEEPALIVE_TIMEOUT = '5s';
/** In percent. Envoy's default of 15 would put detection of a dead control plane close to 40 s. */
const KEEPALIVE_JITTER = 5;
const CONNECT_TIMEOUT = '5s';

export function envoyBootstrap(options: BootstrapOptions): object {
  return {
    node: node(options),
    admin: { address: socketAddress(options.adminAddress) },
    dynamic_resources: dynamicResources(options.delta),
    cluster_manager: { load_stats_config: { api_type: 'GRPC', ...controlPlane() } },
    static_resources: { clusters: [xdsCluster(options.xdsAddress)] },
  };
}

function node({ nodeId, cluster, locality, metadata }: BootstrapOptions): object {
  const { region, zone, subZone } = locality;
  return {
    id: nodeId,
    cluster,
    ...(region !== undefined && {
      locality: { region, ...(zone !== undefined && { zone }), ...(subZone !== undefined && { sub_zone: subZone }) },
    }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
  };
}

function dynamicResources(delta: boolean): object {
  // Without a bound Envoy waits for its first configuration rather than start without any.
  const viaAds = { ads: {}, resource_api_version: 'V3', initial_fetch_timeout: '0s' };
  return {
    ads_config: {
      api_type: delta ? 'DELTA_GRPC' : 'GRPC',
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

function xdsCluster(address: SocketAddress): object {
  return {
    name: XDS_CLUSTER,
    type: isIP(address.host) === 0 ? 'STRICT_DNS' : 'STATIC',
    connect_timeout: CONNECT_TIMEOUT,
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        explicit_http_config: { http2_protocol_options: { connection_keepalive: keepalive() } },
      },
    },
    load_assignment: {
      cluster_name: XDS_CLUSTER,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(address) } }] }],
    },
  };
}

function keepalive(): object {
  return { interval: KEEPALIVE_INTERVAL, timeout: KEEPALIVE_TIMEOUT, interval_jitter: { value: KEEPALIVE_JITTER } };
}

function socketAddress({ host, port }: SocketAddress): object {
  return { socket_address: { address: host, port_value: port } };
}
