/** Outlier detection as the resources configure it, with the defaults that failover needs. */
import { parseDuration } from '../../../api/duration.js';
import type { OutlierDetection } from '../../model/model.js';

/**
 * Envoy's default for `max_ejection_percent`, 10 %, never ejects the only failed host of three. Traffic leaves a tier completely only if
 * all of its hosts can be ejected. https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/outlier
 */
export const outlierDetectionDefaults: OutlierDetection = {
  consecutiveErrors: 5,
  intervalMs: 10_000,
  baseEjectionTimeMs: 30_000,
  maxEjectionPercent: 100,
};

/** Gloo Mesh's defaults for a VirtualDestination without outlier detection: 10 errors, an interval of 5 s, an ejection time of 2 min. */
export const virtualDestinationDefaults: OutlierDetection = {
  consecutiveErrors: 10,
  intervalMs: 5_000,
  baseEjectionTimeMs: 120_000,
  maxEjectionPercent: 100,
};

/** The fields that TrafficPolicy, VirtualDestination and OutlierDetectionPolicy have in common. */
export interface OutlierDetectionSpec {
  readonly consecutiveErrors?: number;
  readonly interval?: string;
  readonly baseEjectionTime?: string;
  readonly maxEjectionPercent?: number;
}

/** Expects a spec that was checked. @throws RangeError for a duration that cannot be parsed. */
export function outlierDetectionOf(spec: OutlierDetectionSpec): OutlierDetection {
  const defaults = outlierDetectionDefaults;
  const errors = spec.consecutiveErrors ?? 0; // protobuf cannot tell 0 from absent
  return {
    consecutiveErrors: errors > 0 ? errors : defaults.consecutiveErrors,
    intervalMs: spec.interval === undefined ? defaults.intervalMs : parseDuration(spec.interval),
    baseEjectionTimeMs:
      spec.baseEjectionTime === undefined ? defaults.baseEjectionTimeMs : parseDuration(spec.baseEjectionTime),
    maxEjectionPercent: spec.maxEjectionPercent ?? defaults.maxEjectionPercent,
  };
}
