/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/circuit_breaker.proto */
import type { CircuitBreakers } from '../../generated/envoy.js';

const UNLIMITED = 4_294_967_295;

/**
 * No limits, as in Istio. Envoy's default of three concurrent retries fails requests at just the moment that failover is for:
 * when a tier dies under many requests at once, each of them needs its retry.
 */
export const circuitBreakers: CircuitBreakers = {
  thresholds: [
    { maxConnections: UNLIMITED, maxPendingRequests: UNLIMITED, maxRequests: UNLIMITED, maxRetries: UNLIMITED },
  ],
};
