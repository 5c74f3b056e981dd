/**
 * The bootstrap of an Envoy that gets its configuration from Lifeboat by ADS, and the command line to run it. For the demo and the
 * integration tests, in which each Envoy has its own addresses. `lifeboat bootstrap` prints a bootstrap for users.
 */

/** `GRPC` is the state-of-the-world protocol, `DELTA_GRPC` the incremental protocol. */
export type AdsMode = 'GRPC' | 'DELTA_GRPC';

export interface EnvoyNode {
  readonly id: string;
  /** The site. The control plane uses it if `metadata.CLUSTER_ID` is missing. */
  readonly cluster: string;
  readonly locality: { readonly region: string; readonly zone?: string; readonly subZone?: string };
  /**
   * The entries that the control plane reads: `CLUSTER_ID`, `NAMESPACE`, `LABELS`, `ROLE`, `LISTEN_ADDRESS`, `LISTEN_PORT_OFFSET` and
   * others.
   */
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

export interface BootstrapOptions {
  readonly node: EnvoyNode;
  /** The address at which the control plane serves ADS. */
  readonly xds: SocketAddress;
  readonly admin: SocketAddress;
  /** Default: `GRPC`. */
  readonly adsMode?: AdsMode;
  /** Whether to report load to the control plane, as far as it requests reports. Default: false. */
  readonly loadReports?: boolean;
  /** Where Envoy resolves DNS names. Default: the resolvers of the host. */
  readonly dnsResolver?: SocketAddress;
  /** Static listeners, in addition to those from the control plane. */
  readonly staticListeners?: readonly object[];
  /** Static clusters, in addition to those from the control plane. */
  readonly staticClusters?: readonly object[];
}

/**
 * The bootstrap as an object that can be serialized to JSON or YAML.
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
    ...(options.dnsResolver && { typed_dns_resolver_config: caresResolver(options.dnsResolver) }),
    static_resources: {
      listeners: options.staticListeners ?? [],
      clusters: [controlPlaneCluster(options.xds), ...(options.staticClusters ?? [])],
    },
  };
}

/** The command-line arguments of `envoy` for a bootstrap file. They allow several Envoys on one host. */
export function envoyArguments(bootstrapFile: string): readonly string[] {
  // Envoys in the same network namespace share the abstract sockets of hot restart.
  return ['--config-path', bootstrapFile, '--disable-hot-restart', '--concurrency', '2', '--log-level', 'warning'];
}

function caresResolver(resolver: SocketAddress): object {
  return {
    name: 'envoy.network.dns_resolver.cares',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig',
      resolvers: [socketAddress(resolver)],
    },
  };
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
