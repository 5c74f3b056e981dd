/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/outlier_detection.proto */
import type { OutlierDetection as OutlierDetectionMessage } from '../../generated/envoy.js';
import type { OutlierDetection } from '../../mesh/model/model.js';
import { toDuration } from './duration.js';

/**
 * `consecutiveErrors` limits 5xx responses and, separately, gateway failures. By default Envoy detects consecutive gateway failures but
 * ejects nothing for them. Ejection by success rate is off, because it would eject hosts that the user's settings keep.
 */
export function toOutlierDetection(settings: OutlierDetection): OutlierDetectionMessage {
  return {
    consecutive5xx: settings.consecutiveErrors,
    consecutiveGatewayFailure: settings.consecutiveErrors,
    enforcingConsecutiveGatewayFailure: 100,
    enforcingSuccessRate: 0,
    interval: toDuration(settings.intervalMs),
    baseEjectionTime: toDuration(settings.baseEjectionTimeMs),
    maxEjectionPercent: settings.maxEjectionPercent,
  };
}
