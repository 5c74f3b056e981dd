/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/listener/v3/listener.proto */
import { isIP } from 'node:net';
import type { Filter, FilterChain, Listener, ListenerFilter } from '../../generated/envoy.js';
import { packAny } from '../../proto/envoy-types.js';
import { httpConnectionManagerFilter } from './http-connection-manager.js';
import { passthroughChain } from './interception.js';
import type { ListenerPlace } from '../rows/listener-place.js';
import { type TcpUpstream, mongoProxyFilter, tcpProxyFilter } from './tcp-proxy.js';

/** A TLS upstream, and the names by which clients ask for it. */
export interface TlsUpstream extends TcpUpstream {
  readonly serverNames: readonly string[];
}

/** An upstream, and the addresses that connections to it are meant for. */
export interface AddressedUpstream extends TcpUpstream {
  readonly protocol: 'TCP' | 'MONGO';
  readonly addresses: readonly string[];
}

/** What a listener leads to: one upstream that has the port to itself, or whatever can be told apart. */
export type ListenerContent =
  | { readonly type: 'sole'; readonly protocol: 'TCP' | 'MONGO'; readonly upstream: TcpUpstream }
  | { readonly type: 'shared'; readonly http: boolean; readonly tls: readonly TlsUpstream[] }
  | {
      readonly type: 'intercepted';
      readonly http: boolean;
      readonly tls: readonly TlsUpstream[];
      readonly addressed: readonly AddressedUpstream[];
    };

/** A listener's name says where it listens; it is unique among those that one Envoy gets. */
export function listenerName(place: ListenerPlace, port: number): string {
  const { address, port: bound } = socketOf(place, port);
  return `${address}_${bound}`;
}

/** Whether there is such a port: an offset may lead beyond the last one, and Envoy would reject the listener. */
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
 * Behind iptables the address that a connection was meant for may be any, and its port is the one that it was meant for.
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

/** A connection whose TLS names nobody is reset. */
function sharedChains(place: ListenerPlace, port: number, { http, tls }: Shared): Partial<Listener> {
  const httpChain: FilterChain = { filters: [httpConnectionManagerFilter(port, place.trustedHops)] };
  if (tls.length === 0) return { filterChains: [httpChain] };
  return {
    listenerFilters: [tlsInspector],
    // A connection that is opened in advance, and silent, is HTTP.
    ...(http && { continueOnListenerFiltersTimeout: true }),
    filterChains: [
      ...tls.map(tlsChain),
      ...(http ? [{ ...httpChain, filterChainMatch: { transportProtocol: 'raw_buffer' } }] : []),
    ],
  };
}

/** What is meant for another address, or for another name in TLS, goes on to where it was going. */
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
    // Where a server speaks first, nothing comes to look at.
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
