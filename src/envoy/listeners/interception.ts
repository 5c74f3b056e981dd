/**
 * What an Envoy needs besides to which iptables redirects all that an application sends: a listener that takes it in, and a way
 * on for what no other listener is there for. The names are Istio's.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/listener_filters/original_dst_filter
 */
import type { ListenerPlace } from '../rows/listener-place.js';
import type { Cluster, FilterChain, Listener, VirtualHost } from '../../generated/envoy.js';
import { packAny } from '../../proto/envoy-types.js';
import { circuitBreakers } from '../fields/circuit-breakers.js';
import { tcpProxyFilter } from './tcp-proxy.js';
import { CONNECT_TIMEOUT } from '../fields/upstream-connection.js';

/** Where iptables is to redirect to. */
export const INTERCEPTION_PORT = 15001;

const PASSTHROUGH_NAME = 'PassthroughCluster';
const BLACK_HOLE_NAME = 'BlackHoleCluster';

/** To where the connection was going. */
export const passthroughChain: FilterChain = {
  name: PASSTHROUGH_NAME,
  filters: [
    tcpProxyFilter({ name: PASSTHROUGH_NAME, targets: [{ cluster: PASSTHROUGH_NAME, weight: 1 }], connectAttempts: 1 }),
  ],
};

/** A connection to the listener's own port goes nowhere: passed through, it would come back here for ever. */
function blackHoleChain(port: number): FilterChain {
  return {
    name: BLACK_HOLE_NAME,
    filterChainMatch: { destinationPort: port },
    filters: [
      tcpProxyFilter({ name: BLACK_HOLE_NAME, targets: [{ cluster: BLACK_HOLE_NAME, weight: 1 }], connectAttempts: 1 }),
    ],
  };
}

export const INTERCEPTION_LISTENER_NAME = 'virtualOutbound';

/** The only listener that is bound: it hands each connection to the listener of the port that it was meant for. */
export function interceptionListener({ address, portOffset }: ListenerPlace): Listener {
  const portValue = INTERCEPTION_PORT + portOffset;
  return {
    name: INTERCEPTION_LISTENER_NAME,
    address: { socketAddress: { address, portValue } },
    trafficDirection: 'OUTBOUND',
    useOriginalDst: true,
    filterChains: [blackHoleChain(portValue), passthroughChain],
  };
}

/** Sent to Envoys that intercept, besides all others. https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/service_discovery#original-destination */
export const interceptionClusters: readonly Cluster[] = [
  { name: BLACK_HOLE_NAME, type: 'STATIC', connectTimeout: CONNECT_TIMEOUT },
  {
    name: PASSTHROUGH_NAME,
    type: 'ORIGINAL_DST',
    lbPolicy: 'CLUSTER_PROVIDED',
    connectTimeout: '10s',
    circuitBreakers,
    typedExtensionProtocolOptions: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': packAny(
        'envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        {
          useDownstreamProtocolConfig: { httpProtocolOptions: {}, http2ProtocolOptions: {} },
        },
      ),
    },
  },
];

/** For hosts that nobody here knows. Their requests may take as long as they like, as they did before they were intercepted. */
export const passthroughHost: VirtualHost = {
  name: PASSTHROUGH_NAME,
  domains: ['*'],
  routes: [
    {
      match: { prefix: '/' },
      route: { cluster: PASSTHROUGH_NAME, timeout: '0s', maxStreamDuration: { grpcTimeoutHeaderMax: '0s' } },
    },
  ],
};
