/**
 * What all clusters have in common for the choice of endpoints: the panic threshold, and how soon an ejection counts.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/panic_threshold
 */
import type { Cluster_CommonLbConfig as CommonLbConfig } from '../../generated/envoy.js';

/**
 * With a panic threshold of 0 Envoy would answer 503 until the ejections end once every endpoint of every tier was ejected;
 * with 1 it tries them all, and is back as soon as one of them is.
 */
const PANIC_THRESHOLD_PERCENT = 1;

/** By default Envoy merges updates for a second, so an ejection would reach its workers up to a second late. */
const UPDATE_MERGE_WINDOW = '0s';

export const COMMON_LB_CONFIG: CommonLbConfig = {
  healthyPanicThreshold: { value: PANIC_THRESHOLD_PERCENT },
  updateMergeWindow: UPDATE_MERGE_WINDOW,
};
