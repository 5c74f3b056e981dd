/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/listener/v3/listener.proto */
import { isIP } from 'node:net';
import type { Filter, FilterChain, Listener, ListenerFilter } from '../../generated/envoy.js';
import { packAny } from '../../proto/envoy-types.js';
import { httpConnectionManagerFilter } from './http-connection-manager.js';
import { passthroughChain } from './interception.js';
import type { ListenerPlace } from '../rows/listener-place.js';
import { type TcpUpstream, mongoProxyFilter, tcpProxyFilter } from './tcp-proxy.js';

/** A TLS upstream, and its server names. */
export interface TlsUpstream extends TcpUpstream {
  readonly serverNames: readonly string[];
}

/** An upstream, and the destination addresses of its connections. */
export interface AddressedUpstream extends TcpUpstream {
  readonly protocol: 'TCP' | 'MONGO';
  readonly addresses: readonly string[];
}

/** The upstreams of a listener: a single one, or several that Envoy can distinguish. */
export type ListenerContent =
  | { readonly type: 'sole'; readonly protocol: 'TCP' | 'MONGO'; readonly upstream: TcpUpstream }
  | { readonly type: 'shared'; readonly http: boolean; readonly tls: readonly TlsUpstream[] }
  | {
      readonly type: 'intercepted';
      readonly http: boolean;
      readonly tls: readonly TlsUpstream[];
      readonly addressed: readonly AddressedUpstream[];
    };

/** The address and port of the listener. Unique among the listeners of one Envoy. */
export function listenerName(place: ListenerPlace, port: number): string {
  const { address, port: bound } = socketOf(place, port);
  return `${address}_${bound}`;
}

/** False if the offset leads to an invalid port: Envoy would reject the listener. */
export function canListen(place: ListenerPlace, port: number): boolean {
  const { port: bound } = socketOf(place, port);
  return bound >= 1 && bound <= 65535;
}

export function toListener(place: ListenerPlace, port: number, content: ListenerContent): Listener {
  const { address, port: portValue } = socketOf(place, port);
  return {
    name: listenerName(place, port),
    address: { socketAddress: { address, portValue } },
    trafficDirection: 'OUTBOUND',
    ...(place.interception === 'REDIRECT' && { bindToPort: false }),
    ...chainsOf(place, port, content),
  };
}

/**
 * The address that the listener binds. With interception, connections have any destination address, and the original port.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/listener_filters/original_dst_filter
 */
function socketOf(
  { address, portOffset, interception }: ListenerPlace,
  port: number,
): { readonly address: string; readonly port: number } {
  return interception === 'REDIRECT' ? { address: '0.0.0.0', port } : { address, port: port + portOffset };
}

function chainsOf(place: ListenerPlace, port: number, content: ListenerContent): Partial<Listener> {
  switch (content.type) {
    case 'sole':
      return { filterChains: [{ filters: tcpFilters(content.protocol, content.upstream) }] };
    case 'shared':
      return sharedChains(place, port, content);
    case 'intercepted':
      return interceptedChains(place, port, content);
  }
}

function tcpFilters(protocol: 'TCP' | 'MONGO', upstream: TcpUpstream): readonly Filter[] {
  return [...(protocol === 'MONGO' ? [mongoProxyFilter(upstream.name)] : []), tcpProxyFilter(upstream)];
}

type Shared = Pick<Extract<ListenerContent, { type: 'shared' }>, 'http' | 'tls'>;

/** Envoy resets a TLS connection without a known server name. */
function sharedChains(place: ListenerPlace, port: number, { http, tls }: Shared): Partial<Listener> {
  const httpChain: FilterChain = { filters: [httpConnectionManagerFilter(port, place.trustedHops)] };
  if (tls.length === 0) return { filterChains: [httpChain] };
  return {
    listenerFilters: [tlsInspector],
    // A client may open a connection in advance and send nothing. After the timeout of the TLS inspector, it counts as HTTP.
    ...(http && { continueOnListenerFiltersTimeout: true }),
    filterChains: [
      ...tls.map(tlsChain),
      ...(http ? [{ ...httpChain, filterChainMatch: { transportProtocol: 'raw_buffer' } }] : []),
    ],
  };
}

/** Connections to other addresses or server names pass through to their original destination. */
function interceptedChains(
  place: ListenerPlace,
  port: number,
  content: Extract<ListenerContent, { type: 'intercepted' }>,
): Partial<Listener> {
  const { http, tls, addressed } = content;
  const shared = http || tls.length > 0 ? sharedChains(place, port, { http, tls }) : {};
  const { filterChains = [], ...rest } = shared;
  const inspected = filterChains.map((chain): FilterChain => ({
    filterChainMatch: { transportProtocol: 'raw_buffer' },
    ...chain,
  }));
  return {
    ...rest,
    ...(filterChains.length > 0 && { listenerFilters: [tlsInspector], continueOnListenerFiltersTimeout: true }),
    // If the server speaks first, the TLS inspector would wait for bytes of the client in vain.
    ...(filterChains.length > 0 && addressed.length > 0 && { listenerFiltersTimeout: '1s' }),
    filterChains: [...addressed.map(addressedChain), ...inspected],
    defaultFilterChain: passthroughChain,
  };
}

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/listener/v3/listener_components.proto#config-listener-v3-filterchainmatch */
function addressedChain({ protocol, addresses, ...upstream }: AddressedUpstream): FilterChain {
  const prefixRanges = addresses.map((address) => ({
    addressPrefix: address,
    prefixLen: isIP(address) === 6 ? 128 : 32,
  }));
  return { filterChainMatch: { prefixRanges }, filters: tcpFilters(protocol, upstream) };
}

function tlsChain(upstream: TlsUpstream): FilterChain {
  return {
    filterChainMatch: { transportProtocol: 'tls', serverNames: upstream.serverNames },
    filters: [tcpProxyFilter(upstream)],
  };
}

/** https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/listener_filters/tls_inspector */
const tlsInspector: ListenerFilter = {
  name: 'envoy.filters.listener.tls_inspector',
  typedConfig: packAny('envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector', {}),
};
