/** FailoverPolicies. https://docs.solo.io/gloo-mesh/latest/reference/api/failover_policy/ */
import type { Diagnostic } from '../../api/diagnostic.js';
import type { Resource } from '../../api/resource.js';
import type { FailoverPolicySpec } from '../../generated/resources.js';
import { type Findings, collectFindings } from '../model/finding.js';
import type { PreferredLabel } from '../preference/label-order.js';
import { toLocalityMapping } from '../preference/mapping.js';
import { checkDirectives } from '../preference/mapping-findings.js';
import type { OrderRule } from '../preference/order-rule.js';
import type { PolicyKind } from './selection/policy-targets.js';
import { checkTargetSelectors, toTargetSelectors } from './selection/target-selectors.js';

const selectorsPath = ['spec', 'applyToDestinations'];

export const failoverPolicyKind: PolicyKind<FailoverPolicySpec> = {
  name: 'FailoverPolicy',
  check: failoverPolicyFindings,
  selectors: (spec) => toTargetSelectors(spec.applyToDestinations, selectorsPath, ['VIRTUAL_DESTINATION']),
};

const labelsPath = ['spec', 'config', 'priorityLabels', 'labels'];

function failoverPolicyFindings({ ref, spec = {} }: Resource<FailoverPolicySpec>): readonly Diagnostic[] {
  const findings = collectFindings(ref);
  const { localityMappings = [], priorityLabels } = spec.config ?? {};
  const labels = priorityLabels?.labels ?? [];
  checkTargetSelectors(findings, 'FailoverPolicy', spec.applyToDestinations, selectorsPath, ['VIRTUAL_DESTINATION']);
  checkDirectives(findings, localityMappings, ['spec', 'config', 'localityMappings']);
  checkLabels(findings, labels);
  if (localityMappings.length > 0 && labels.length > 0) {
    findings.warning(
      'MappingsWin',
      labelsPath,
      'Both localityMappings and priorityLabels are set, so the labels are ignored. Remove one of the two.',
    );
  }
  return findings.all;
}

function checkLabels(findings: Findings, labels: readonly string[]): void {
  labels.forEach((label, i) => {
    const [key = '', value] = label.split('=');
    if (key !== '' && value !== '') return;
    findings.error('InvalidLabel', [...labelsPath, i], `Invalid label "${label}": must be a key, or key=value.`);
  });
  const withValue = labels.filter((label) => label.includes('=')).length;
  if (withValue === 0 || withValue === labels.length) return;
  findings.error('MixedLabels', labelsPath, 'The labels must be either all keys or all key=value.');
}

/** Mappings take precedence over priority labels. A policy with neither orders endpoints by locality. */
export function toOrderRule({ config = {} }: FailoverPolicySpec): OrderRule {
  const { localityMappings = [], priorityLabels } = config;
  const labels = priorityLabels?.labels ?? [];
  if (localityMappings.length > 0 || labels.length === 0) {
    return { type: 'locality', mappings: localityMappings.map(toLocalityMapping) };
  }
  return labels.some((label) => label.includes('='))
    ? { type: 'labelValues', pairs: labels.map(toPair) }
    : { type: 'labelKeys', keys: labels };
}

function toPair(label: string): PreferredLabel {
  const at = label.indexOf('=');
  return { key: label.slice(0, at), value: label.slice(at + 1) };
}
