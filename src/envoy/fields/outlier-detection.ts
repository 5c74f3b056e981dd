/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/outlier_detection.proto */
import type { OutlierDetection as OutlierDetectionMessage } from '../../generated/envoy.js';
import type { OutlierDetection } from '../../mesh/model/model.js';
import { toDuration } from './duration.js';

/**
 * `consecutiveErrors` counts 5xx answers and, on its own, gateway failures; Envoy detects the latter but does not act on them
 * unless told to. Success rates are left out: they would eject hosts that the user's settings keep.
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
