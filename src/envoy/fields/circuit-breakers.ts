/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/circuit_breaker.proto */
import type { CircuitBreakers } from '../../generated/envoy.js';

const UNLIMITED = 4_294_967_295;

/**
 * No limits, as in Istio. Envoy allows three concurrent retries by default. When a tier fails under load, every request needs a retry, and
 * that limit would make requests fail.
 */
export const circuitBreakers: CircuitBreakers = {
  thresholds: [
    { maxConnections: UNLIMITED, maxPendingRequests: UNLIMITED, maxRequests: UNLIMITED, maxRetries: UNLIMITED },
  ],
};
