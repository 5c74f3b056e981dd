/**
 * The bootstrap of an Envoy that takes everything from a Lifeboat by ADS, and the command line to run it with. For
 * the demo and the integration tests, which give each Envoy addresses of its own; `lifeboat bootstrap` prints one for
 * people.
 */

/** `GRPC` is state of the world, `DELTA_GRPC` incremental. */
export type AdsMode = 'GRPC' | 'DELTA_GRPC';

export interface EnvoyNode {
  readonly id: string;
  /** The site; the control plane takes it where `metadata.CLUSTER_ID` is missing. */
  readonly cluster: string;
  readonly locality: { readonly region: string; readonly zone?: string; readonly subZone?: string };
  /**
   * `CLUSTER_ID`, `NAMESPACE`, `LABELS`, `ROLE`, `LISTEN_ADDRESS`, `LISTEN_PORT_OFFSET`, … as the control plane reads
   * them.
   */
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

export interface BootstrapOptions {
  readonly node: EnvoyNode;
  /** Where the control plane answers ADS. */
  readonly xds: SocketAddress;
  readonly admin: SocketAddress;
  /** Default `GRPC`. */
  readonly adsMode?: AdsMode;
  /** Report requests to the control plane, as far as it asks. Default: no. */
  readonly loadReports?: boolean;
  /** Listeners of the Envoy's own, beside those that it is sent. */
  readonly staticListeners?: readonly object[];
  /** Clusters of the Envoy's own, beside those that it is sent. */
  readonly staticClusters?: readonly object[];
}

/**
 * The bootstrap as the object that JSON or YAML is made of.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/bootstrap/v3/bootstrap.proto
 */
export function bootstrap(options: BootstrapOptions): object {
  const { region, zone, subZone } = options.node.locality;
  return {
    node: { ...options.node, locality: { region, zone, sub_zone: subZone } },
    admin: { address: socketAddress(options.admin) },
    dynamic_resources: {
      ads_config: {
        api_type: options.adsMode ?? 'GRPC',
        ...viaControlPlane(),
        set_node_on_first_message_only: true,
      },
      cds_config: { ads: {}, resource_api_version: 'V3' },
      lds_config: { ads: {}, resource_api_version: 'V3' },
    },
    ...(options.loadReports === true && {
      cluster_manager: { load_stats_config: { api_type: 'GRPC', ...viaControlPlane() } },
    }),
    static_resources: {
      listeners: options.staticListeners ?? [],
      clusters: [controlPlaneCluster(options.xds), ...(options.staticClusters ?? [])],
    },
  };
}

/** Arguments of `envoy` for a bootstrap file, for several Envoys on one host. */
export function envoyArguments(bootstrapFile: string): readonly string[] {
  // Envoys that share a network namespace share the abstract sockets of hot restart as well.
  return ['--config-path', bootstrapFile, '--disable-hot-restart', '--concurrency', '2', '--log-level', 'warning'];
}

function viaControlPlane(): object {
  return { transport_api_version: 'V3', grpc_services: [{ envoy_grpc: { cluster_name: 'lifeboat' } }] };
}

function controlPlaneCluster(xds: SocketAddress): object {
  return {
    name: 'lifeboat',
    type: 'STATIC',
    connect_timeout: '1s',
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        explicit_http_config: {
          http2_protocol_options: { connection_keepalive: { interval: '10s', timeout: '5s' } },
        },
      },
    },
    load_assignment: {
      cluster_name: 'lifeboat',
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(xds) } }] }],
    },
  };
}

function socketAddress(socket: SocketAddress): object {
  return { socket_address: { address: socket.address, port_value: socket.port } };
}
