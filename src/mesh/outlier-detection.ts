/** Outlier detection as the resources configure it, with the defaults that failover needs. */
import { parseDuration } from '../api/duration.js';
import type { TrafficPolicySpec_Policy_OutlierDetection as OutlierDetectionSpec } from '../generated/resources.js';
import type { OutlierDetection } from './model.js';

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

/** The spec must have been checked: a duration that cannot be parsed throws. */
export function toOutlierDetection(spec: OutlierDetectionSpec, defaults = outlierDetectionDefaults): OutlierDetection {
  return {
    consecutiveErrors: spec.consecutiveErrors ?? defaults.consecutiveErrors,
    intervalMs: spec.interval === undefined ? defaults.intervalMs : parseDuration(spec.interval),
    baseEjectionTimeMs: spec.baseEjectionTime === undefined ? defaults.baseEjectionTimeMs : parseDuration(spec.baseEjectionTime),
    maxEjectionPercent: spec.maxEjectionPercent ?? defaults.maxEjectionPercent,
  };
}
