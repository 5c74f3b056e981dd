/**
 * Load balancing settings of all clusters: the panic threshold, and the delay of an ejection.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/panic_threshold
 */
import type { Cluster_CommonLbConfig as CommonLbConfig } from '../../generated/envoy.js';

/**
 * In percent. If all endpoints of all tiers are ejected, a threshold of 0 makes Envoy respond with 503 until the first ejection ends. With 1
 * Envoy tries all of them, so requests succeed as soon as one endpoint has recovered.
 */
const PANIC_THRESHOLD_PERCENT = 1;

/** By default Envoy merges updates of a second, which delays an ejection by up to that time. */
const UPDATE_MERGE_WINDOW = '0s';

export const COMMON_LB_CONFIG: CommonLbConfig = {
  healthyPanicThreshold: { value: PANIC_THRESHOLD_PERCENT },
  updateMergeWindow: UPDATE_MERGE_WINDOW,
};
