/** Outlier detection as the resources configure it, with the defaults that failover needs. */
import { parseDuration } from '../../../api/duration.js';
import type { OutlierDetection } from '../../model/model.js';

/**
 * Envoy's own default for the share of hosts that may be ejected, 10 %, never ejects the only dead host of three; a tier can
 * only be left when all of it may be ejected. https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/outlier
 */
export const outlierDetectionDefaults: OutlierDetection = {
  consecutiveErrors: 5,
  intervalMs: 10_000,
  baseEjectionTimeMs: 30_000,
  maxEjectionPercent: 100,
};

/** What Gloo Mesh gives a VirtualDestination that says nothing: 10 errors, every 5 s, 2 min. */
export const virtualDestinationDefaults: OutlierDetection = {
  consecutiveErrors: 10,
  intervalMs: 5_000,
  baseEjectionTimeMs: 120_000,
  maxEjectionPercent: 100,
};

/** The fields, as TrafficPolicy, VirtualDestination and OutlierDetectionPolicy all have them. */
export interface OutlierDetectionSpec {
  readonly consecutiveErrors?: number;
  readonly interval?: string;
  readonly baseEjectionTime?: string;
  readonly maxEjectionPercent?: number;
}

/** The spec must have been checked: a duration that cannot be parsed throws. */
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
