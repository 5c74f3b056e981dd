/**
 * OutlierDetectionPolicies, for failover destinations and for services. On a service they take precedence over TrafficPolicies.
 * https://docs.solo.io/gloo-mesh/latest/reference/api/outlier_detection_policy/
 */
import type { Resource } from '../../api/resource.js';
import type { OutlierDetectionPolicySpec } from '../../generated/resources.js';
import type { Graph, Table } from '../../graph/index.js';
import { collectFindings } from '../model/finding.js';
import type { OutlierDetection } from '../model/model.js';
import type { OutlierDetectionPolicyKey } from '../model/object-key.js';
import { type TargetPortKey, parseTargetPort } from '../model/target-key.js';
import { outlierDetectionOf } from './upstreams/outlier-detection.js';
import type { PolicyKind, PolicyTables } from './selection/policy-targets.js';
import { checkTargetSelectors, toTargetSelectors } from './selection/target-selectors.js';
import { checkOutlierDetection } from './traffic-policy-findings.js';
import type { TrafficPolicyTables } from './traffic-policies.js';

const selectorsPath = ['spec', 'applyToDestinations'];
const kinds = ['SERVICE', 'VIRTUAL_DESTINATION', 'EXTERNAL_SERVICE'] as const;

export const outlierDetectionPolicyKind: PolicyKind<OutlierDetectionPolicySpec> = {
  name: 'OutlierDetectionPolicy',
  check: ({ ref, spec = {} }: Resource<OutlierDetectionPolicySpec>) => {
    const findings = collectFindings(ref);
    checkTargetSelectors(findings, 'OutlierDetectionPolicy', spec.applyToDestinations, selectorsPath, kinds);
    if (spec.config) checkOutlierDetection(findings, spec.config, ['spec', 'config']);
    return findings.all;
  },
  selectors: (spec) => toTargetSelectors(spec.applyToDestinations, selectorsPath, kinds),
};

/** A port of a target without outlier detection has no row. */
export type OutlierDetectionTable = Table<TargetPortKey, OutlierDetection>;

/** The outlier detection of TrafficPolicies applies if no OutlierDetectionPolicy applies. */
export function declareOutlierDetection(
  graph: Graph,
  trafficPolicies: Pick<TrafficPolicyTables, 'outlierDetection'>,
  { onPort }: Pick<PolicyTables<OutlierDetectionPolicyKey, OutlierDetectionPolicySpec>, 'onPort'>,
): OutlierDetectionTable {
  return graph.derive<TargetPortKey, OutlierDetection>('serviceOutlierDetection', (read, key) => {
    const [policy] = onPort(read, key);
    if (policy !== undefined) return outlierDetectionOf(policy.spec?.config ?? {});
    return trafficPolicies.outlierDetection(read, parseTargetPort(key).target);
  });
}
