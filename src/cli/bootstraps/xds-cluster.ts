/**
 * The static cluster of an Envoy bootstrap that the control planes stand in. A pure function of addresses and of files that it names and never
 * reads.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/cluster.proto
 */
import { isIP } from 'node:net';
import type { SocketAddress } from '../../admin/text-forms.js';

/** Where the files are on the Envoy's host, and whom the control plane must prove to be. */
export interface ClientTls {
  readonly ca: string;
  /** With its key: mutual TLS. */
  readonly cert?: { readonly chain: string; readonly key: string };
  /** Default: the hosts of the addresses. */
  readonly serverName?: string;
}

export interface XdsClusterOptions {
  /** In the order in which Envoy tries them. */
  readonly addresses: readonly [SocketAddress, ...SocketAddress[]];
  readonly tls?: ClientTls;
}

/** Name of the static cluster that the control plane stands in. */
export const XDS_CLUSTER = 'xds_cluster';
/** A connection that is idle or half open is asked for a sign of life this often, and given up after the timeout. */
const KEEPALIVE_INTERVAL = '30s';
const KEEPALIVE_TIMEOUT = '5s';
/** In percent. Envoy's default of 15 would put detection of a dead control plane close to 40 s. */
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

/** One address per priority: Envoy goes to the next when all before it are ejected. */
function toPriority(address: SocketAddress, priority: number): object {
  return { ...(priority > 0 && { priority }), lb_endpoints: [{ endpoint: { address: socketAddress(address) } }] };
}

/**
 * A control plane is left after one failure, be it a refused or broken connection or the answer UNAVAILABLE, so that the next try goes to the
 * next address, and tried again after 30 s. Once all are ejected, Envoy tries every one of them: its panic threshold stays at its default. Without
 * the merge window an ejection would count up to 1 s late.
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

/** Envoy verifies nobody's name unless it is told which: the chain alone would let in whoever has a certificate of that authority. */
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
