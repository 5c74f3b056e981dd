/**
 * The additional resources for an Envoy to which iptables redirects all connections of an application: a listener for these connections,
 * and clusters that pass through connections to unknown destinations. The names are Istio's.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/listener_filters/original_dst_filter
 */
import type { ListenerPlace } from '../rows/listener-place.js';
import type { Cluster, FilterChain, Listener, VirtualHost } from '../../generated/envoy.js';
import { packAny } from '../../proto/envoy-types.js';
import { circuitBreakers } from '../fields/circuit-breakers.js';
import { tcpProxyFilter } from './tcp-proxy.js';
import { CONNECT_TIMEOUT } from '../fields/upstream-connection.js';

/** The port that iptables must redirect to. */
export const INTERCEPTION_PORT = 15001;

const PASSTHROUGH_NAME = 'PassthroughCluster';
const BLACK_HOLE_NAME = 'BlackHoleCluster';

/** Passes a connection through to its original destination. */
export const passthroughChain: FilterChain = {
  name: PASSTHROUGH_NAME,
  filters: [
    tcpProxyFilter({ name: PASSTHROUGH_NAME, targets: [{ cluster: PASSTHROUGH_NAME, weight: 1 }], connectAttempts: 1 }),
  ],
};

/** Closes a connection to the listener's own port: passed through, it would return to the listener for ever. */
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

/** The only listener that binds a port. It hands each connection over to the listener for its original port. */
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

/** Additional clusters for Envoys with interception. https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/service_discovery#original-destination */
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

/** For requests to unknown hosts. They have no timeout, as without interception. */
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
