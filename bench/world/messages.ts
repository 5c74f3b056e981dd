/** The measured world as Envoy messages, equal to those that `lifeboat serve` makes of the files. For servers that get messages. */
import { addressOf, clusterName, PORT, regionName, regionsOf, zoneName } from './names.js';

/** `envoy.config.cluster.v3.Cluster` in canonical JSON. */
export function clusterMessage(index: number): object {
  return {
    name: clusterName(index),
    type: 'EDS',
    edsClusterConfig: { edsConfig: { ads: {}, resourceApiVersion: 'V3' } },
    connectTimeout: '1s',
    circuitBreakers: {
      thresholds: [{ maxConnections: MOST, maxPendingRequests: MOST, maxRequests: MOST, maxRetries: MOST }],
    },
    outlierDetection: {
      consecutive5xx: 5,
      interval: '5s',
      baseEjectionTime: '15s',
      maxEjectionPercent: 100,
      enforcingSuccessRate: 0,
      consecutiveGatewayFailure: 5,
      enforcingConsecutiveGatewayFailure: 100,
    },
    commonLbConfig: { healthyPanicThreshold: { value: 1 }, updateMergeWindow: '0s' },
    upstreamBindConfig: {
      socketOptions: [{ description: 'TCP_USER_TIMEOUT', level: '6', name: '18', intValue: '5000' }],
    },
    upstreamConnectionOptions: { tcpKeepalive: { keepaliveProbes: 3, keepaliveTime: 10, keepaliveInterval: 2 } },
  };
}

const MOST = 4_294_967_295;

/** `envoy.config.endpoint.v3.ClusterLoadAssignment`: six endpoints in three localities, each with its own priority. */
export function loadAssignmentMessage(index: number, firstPort = PORT): object {
  const endpoints = regionsOf(index).map((region, place) => ({
    locality: { region: regionName(region), zone: zoneName(region) },
    lbEndpoints: [endpoint(index, 2 * place, place === 0 ? firstPort : PORT), endpoint(index, 2 * place + 1, PORT)],
    loadBalancingWeight: 2,
    ...(place > 0 && { priority: place }),
  }));
  return { clusterName: clusterName(index), endpoints };
}

function endpoint(index: number, number: number, portValue: number): object {
  return { endpoint: { address: { socketAddress: { address: addressOf(index, number), portValue } } } };
}
