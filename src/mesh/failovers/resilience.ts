/** The three policies on virtual destinations, and what they come to for each of them. */
import type { Resource } from '../../api/resource.js';
import type {
  FailoverPolicySpec,
  OutlierDetectionPolicySpec,
  RetryTimeoutPolicySpec,
} from '../../generated/resources.js';
import type { Graph, Input, Read, Table } from '../../graph/index.js';
import { splitKey } from '../model/key.js';
import { failoverPolicyKind, toOrderRule } from '../policies/failover-policies.js';
import type { FailoverTables } from './failovers.js';
import { type OutlierDetection, objectKey } from '../model/model.js';
import type { OrderRule } from '../preference/order-rule.js';
import type { OutlierDetectionTable } from '../policies/outlier-detection-policies.js';
import { type PolicyContext, type PolicyTables, declarePolicies } from '../policies/policy-targets.js';
import {
  type PolicyWarningTable,
  declareFailoverPolicyWarnings,
  declareProtocolWarnings,
  declareShadowWarnings,
} from './policy-warnings.js';
import { type RequestRules, retryTimeoutPolicyKind, toRequestRules } from '../policies/retry-timeout-policies.js';
import type { TargetTables } from '../policies/target-selectors.js';
import type { WorkspaceTables } from '../model/workspaces.js';

export interface ResilienceInputs {
  readonly failoverPolicies: Input<string, Resource<FailoverPolicySpec>>;
  readonly retryTimeoutPolicies: Input<string, Resource<RetryTimeoutPolicySpec>>;
}

export interface ResilienceTables {
  readonly workspaces: WorkspaceTables;
  /** What selectors select from. */
  readonly targets: TargetTables;
  readonly failoverPolicies: PolicyTables<FailoverPolicySpec>;
  readonly outlierDetectionPolicies: PolicyTables<OutlierDetectionPolicySpec>;
  readonly retryTimeoutPolicies: PolicyTables<RetryTimeoutPolicySpec>;
  /** By `backingKey` of a port of a failover destination: the order of what is behind it. */
  readonly rules: Table<string, OrderRule>;
  /** By the same key: outlier detection that is configured for all that is behind it; no row where each service's own counts. */
  readonly outlierDetection: Table<string, OutlierDetection>;
  /** By `backingKey` of a destination or failover destination: what policies on it configure. */
  readonly onPorts: OutlierDetectionTable;
  /** By the same key; `undefined` where no policy says anything. */
  readonly requestRules: (read: Read, port: string) => RequestRules | undefined;
  /** What is valid and yet not as its author may think, by kind of the policy, then `objectKey`. */
  readonly warnings: Readonly<Record<string, readonly PolicyWarningTable[]>>;
}

/** What failover destinations depend on, and so comes before them. */
export interface EarlierPolicies {
  readonly context: PolicyContext;
  readonly detectionPolicies: PolicyTables<OutlierDetectionPolicySpec>;
  readonly onPorts: OutlierDetectionTable;
}

export function declareResilience(
  graph: Graph,
  inputs: ResilienceInputs,
  { failovers }: FailoverTables,
  { context, detectionPolicies: outlierDetectionPolicies, onPorts }: EarlierPolicies,
): ResilienceTables {
  const failoverPolicies = declarePolicies(graph, inputs.failoverPolicies, failoverPolicyKind, context);
  const retryTimeoutPolicies = declarePolicies(graph, inputs.retryTimeoutPolicies, retryTimeoutPolicyKind, context);

  /** Once for each policy, so that all that it applies to share it. */
  const rulesOfPolicies = graph.map(
    'FailoverPolicy rules',
    failoverPolicies.policies,
    ({ spec }) => spec && toOrderRule(spec),
  );
  const rules = graph.derive<string, OrderRule>('orderRules', (read, key) => {
    const [policy] = failoverPolicies.onPort(read, key);
    const rule = policy && read(rulesOfPolicies, objectKey(policy.ref));
    if (rule !== undefined) return rule;
    const failover = read(failovers, splitKey(key)[0]);
    return failover === undefined || failover.listed
      ? { type: 'listed' }
      : { type: 'locality', mappings: failover.mappings };
  });

  /**
   * The policy wins over a TrafficPolicy on the resource, and that over the resource's own. Where there is none of them, those of its
   * services count, each for itself.
   */
  const outlierDetection = graph.derive<string, OutlierDetection>('failoverOutlierDetection', (read, key) => {
    const onResource = read(onPorts, key);
    if (onResource !== undefined) return onResource;
    return read(failovers, splitKey(key)[0])?.outlierDetection;
  });

  const requestRules = (read: Read, port: string): RequestRules | undefined => {
    const [policy] = retryTimeoutPolicies.onPort(read, port);
    return policy?.spec && toRequestRules(policy.spec);
  };
  const warnings = {
    FailoverPolicy: [
      failoverPolicies.selectionWarnings,
      declareShadowWarnings(graph, 'FailoverPolicy', failoverPolicies, context),
      declareFailoverPolicyWarnings(graph, failoverPolicies, { failovers }, onPorts),
    ],
    OutlierDetectionPolicy: [
      outlierDetectionPolicies.selectionWarnings,
      declareShadowWarnings(graph, 'OutlierDetectionPolicy', outlierDetectionPolicies, context),
    ],
    RetryTimeoutPolicy: [
      retryTimeoutPolicies.selectionWarnings,
      declareProtocolWarnings(graph, retryTimeoutPolicies, context),
      declareShadowWarnings(graph, 'RetryTimeoutPolicy', retryTimeoutPolicies, context),
    ],
  };
  const policies = { failoverPolicies, outlierDetectionPolicies, retryTimeoutPolicies };
  return {
    workspaces: context.workspaces,
    targets: context,
    ...policies,
    rules,
    outlierDetection,
    onPorts,
    requestRules,
    warnings,
  };
}
