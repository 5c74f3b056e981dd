/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/listener/v3/listener.proto */
import type { FilterChain, Listener, ListenerFilter } from '../generated/envoy.js';
import { packAny } from '../proto/envoy-types.js';
import { httpConnectionManagerFilter } from './http-connection-manager.js';
import { passthroughChain } from './interception.js';
import { type TcpUpstream, mongoProxyFilter, tcpProxyFilter } from './tcp-proxy.js';

/** Where a client's listeners are. */
export interface ListenerPlace {
  readonly address: string;
  /** Added to every port that is bound. */
  readonly portOffset: number;
  /** `REDIRECT`: connections come by way of iptables, wherever they were going. */
  readonly interception: 'NONE' | 'REDIRECT';
}

/** A TLS upstream, and the names by which clients ask for it. */
export interface TlsUpstream extends TcpUpstream {
  readonly serverNames: readonly string[];
}

/** What a listener leads to: one upstream that has the port to itself, or whatever can be told apart. */
export type ListenerContent =
  | { readonly type: 'sole'; readonly protocol: 'TCP' | 'MONGO'; readonly upstream: TcpUpstream }
  | { readonly type: 'shared'; readonly http: boolean; readonly tls: readonly TlsUpstream[] };

/** A listener's name says where it listens; it is unique among those that one Envoy gets. */
export function listenerName(place: ListenerPlace, port: number): string {
  const { address, port: bound } = socketOf(place, port);
  return `${address}_${bound}`;
}

/** Whether there is such a port: an offset may lead beyond the last one, and Envoy would refuse the listener. */
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
    ...(content.type === 'sole' ? { filterChains: [soleChain(content)] } : sharedChains(place, port, content)),
  };
}

/**
 * Behind iptables the address that a connection was meant for may be any, and its port is the one that it was meant for.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/listener_filters/original_dst_filter
 */
function socketOf({ address, portOffset, interception }: ListenerPlace, port: number): { readonly address: string; readonly port: number } {
  return interception === 'REDIRECT' ? { address: '0.0.0.0', port } : { address, port: port + portOffset };
}

function soleChain({ protocol, upstream }: Extract<ListenerContent, { type: 'sole' }>): FilterChain {
  return { filters: [...(protocol === 'MONGO' ? [mongoProxyFilter(upstream.name)] : []), tcpProxyFilter(upstream)] };
}

/** A connection whose TLS names nobody is reset, but passed through where it was on its way elsewhere. */
function sharedChains(place: ListenerPlace, port: number, { http, tls }: Extract<ListenerContent, { type: 'shared' }>): Partial<Listener> {
  const httpChain: FilterChain = { filters: [httpConnectionManagerFilter(port)] };
  if (tls.length === 0) return { filterChains: [httpChain] };
  return {
    listenerFilters: [tlsInspector],
    filterChains: [...tls.map(tlsChain), ...(http ? [{ ...httpChain, filterChainMatch: { transportProtocol: 'raw_buffer' } }] : [])],
    ...(place.interception === 'REDIRECT' && { defaultFilterChain: passthroughChain }),
  };
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
