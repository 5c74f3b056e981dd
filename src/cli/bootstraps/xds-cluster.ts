/**
 * The static cluster of the control planes in an Envoy bootstrap. A pure function of addresses and file names; reads no files.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/cluster.proto
 */
import { isIP } from 'node:net';
import type { SocketAddress } from '../../admin/queries/text-forms.js';

/** The paths of the files on the Envoy's host, and the name that the control plane's certificate must have. */
export interface ClientTls {
  readonly ca: string;
  /** Certificate chain and key for mutual TLS. */
  readonly cert?: { readonly chain: string; readonly key: string };
  /** Default: the hosts of the addresses. */
  readonly serverName?: string;
}

export interface XdsClusterOptions {
  /** In the order in which Envoy tries them. */
  readonly addresses: readonly [SocketAddress, ...SocketAddress[]];
  readonly tls?: ClientTls;
}

/** Name of the static cluster of the control planes. */
export const XDS_CLUSTER = 'xds_cluster';
/** Interval of HTTP/2 pings, which detect broken connections, and their timeout. */
const KEEPALIVE_INTERVAL = '30s';
const KEEPALIVE_TIMEOUT = '5s';
/** In percent. With Envoy's default of 15, the detection of a dead control plane would take up to 40 s. */
const KEEPALIVE_JITTER = 5;
const CONNECT_TIMEOUT = '5s';

export function xdsCluster({ addresses, tls }: XdsClusterOptions): object {
  return {
    name: XDS_CLUSTER,
    type: addresses.every(({ host }) => isIP(host) !== 0) ? 'STATIC' : 'STRICT_DNS',
    connect_timeout: CONNECT_TIMEOUT,
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        explicit_http_config: { http2_protocol_options: { connection_keepalive: keepalive() } },
      },
    },
    ...(tls && { transport_socket: transportSocket(tls, addresses) }),
    ...(addresses.length > 1 && inOrder()),
    load_assignment: { cluster_name: XDS_CLUSTER, endpoints: addresses.map(toPriority) },
  };
}

function keepalive(): object {
  return { interval: KEEPALIVE_INTERVAL, timeout: KEEPALIVE_TIMEOUT, interval_jitter: { value: KEEPALIVE_JITTER } };
}

/** One address per priority: Envoy uses the next one when all previous ones are ejected. */
function toPriority(address: SocketAddress, priority: number): object {
  return { ...(priority > 0 && { priority }), lb_endpoints: [{ endpoint: { address: socketAddress(address) } }] };
}

/**
 * Ejects a control plane for 30 s after one failure: a refused or broken connection, or the status UNAVAILABLE. The next attempt then
 * uses the next address. If all are ejected, Envoy tries all of them, because the panic threshold has its default. A merge window of 0
 * makes an ejection effective at once, not up to 1 s later.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/outlier
 */
function inOrder(): object {
  return {
    outlier_detection: {
      consecutive_5xx: 1,
      base_ejection_time: '30s',
      max_ejection_time: '30s',
      interval: '1s',
      max_ejection_percent: 100,
      enforcing_success_rate: 0,
    },
    common_lb_config: { update_merge_window: '0s' },
  };
}

/** Envoy verifies the name in a certificate only if `match_typed_subject_alt_names` is set; otherwise any certificate of the CA is accepted. */
function transportSocket({ ca, cert, serverName }: ClientTls, addresses: readonly SocketAddress[]): object {
  const names = serverName === undefined ? [...new Set(addresses.map(({ host }) => host))] : [serverName];
  const [sni, ...others] = names.filter((name) => isIP(name) === 0);
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
      ...(sni !== undefined && others.length === 0 && { sni }),
      common_tls_context: {
        ...(cert && {
          tls_certificates: [{ certificate_chain: { filename: cert.chain }, private_key: { filename: cert.key } }],
        }),
        validation_context: { trusted_ca: { filename: ca }, match_typed_subject_alt_names: names.map(toMatcher) },
        alpn_protocols: ['h2'],
      },
    },
  };
}

function toMatcher(name: string): object {
  return { san_type: isIP(name) === 0 ? 'DNS' : 'IP_ADDRESS', matcher: { exact: name } };
}

export function socketAddress({ host, port }: SocketAddress): object {
  return { socket_address: { address: host, port_value: port } };
}
