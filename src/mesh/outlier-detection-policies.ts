/** OutlierDetectionPolicies. https://docs.solo.io/gloo-mesh/latest/reference/api/outlier_detection_policy/ */
import type { Resource } from '../api/resource.js';
import type { OutlierDetectionPolicySpec } from '../generated/resources.js';
import { collectFindings } from './finding.js';
import { type PolicyKind, checkKinds, selectsVirtualDestination } from './policy-targets.js';
import { checkOutlierDetection } from './traffic-policy-findings.js';

export const outlierDetectionPolicyKind: PolicyKind<OutlierDetectionPolicySpec> = {
  name: 'OutlierDetectionPolicy',
  check: ({ ref, spec = {} }: Resource<OutlierDetectionPolicySpec>) => {
    const findings = collectFindings(ref);
    checkKinds(findings, 'OutlierDetectionPolicy', spec.applyToDestinations, ['VIRTUAL_DESTINATION']);
    if (spec.config) checkOutlierDetection(findings, spec.config, ['spec', 'config']);
    return findings.all;
  },
  applies: (spec, target) => selectsVirtualDestination(spec.applyToDestinations, target),
};
