/** The three kinds of policies on virtual destinations, and the resulting settings of each virtual destination. */
import type { Resource } from '../../api/resource.js';
import type {
  FailoverPolicySpec,
  OutlierDetectionPolicySpec,
  RetryTimeoutPolicySpec,
} from '../../generated/resources.js';
import type { Graph, Input, Read, Table } from '../../graph/index.js';
import { failoverPolicyKind, toOrderRule } from '../policies/failover-policies.js';
import type { FailoverTables } from './failovers.js';
import type { OutlierDetection } from '../model/model.js';
import {
  type FailoverPolicyKey,
  type OutlierDetectionPolicyKey,
  type RetryTimeoutPolicyKey,
  failoverPolicyKey,
} from '../model/object-key.js';
import { type FailoverPortKey, type TargetPortKey, parseFailoverPort } from '../model/target-key.js';
import type { OrderRule } from '../preference/order-rule.js';
import type { OutlierDetectionTable } from '../policies/outlier-detection-policies.js';
import { type PolicyContext, type PolicyTables, declarePolicies } from '../policies/selection/policy-targets.js';
import {
  type PolicyWarningTable,
  declareFailoverPolicyWarnings,
  declareProtocolWarnings,
  declareShadowWarnings,
} from './policy-warnings.js';
import { type RequestRules, retryTimeoutPolicyKind, toRequestRules } from '../policies/retry-timeout-policies.js';
import type { TargetTables } from '../policies/selection/target-selectors.js';
import type { WorkspaceTables } from '../model/workspaces.js';

export interface VirtualDestinationPolicyInputs {
  readonly failoverPolicies: Input<FailoverPolicyKey, Resource<FailoverPolicySpec>>;
  readonly retryTimeoutPolicies: Input<RetryTimeoutPolicyKey, Resource<RetryTimeoutPolicySpec>>;
}

export interface VirtualDestinationPolicyTables {
  readonly workspaces: WorkspaceTables;
  /** The tables that selectors select from. */
  readonly targets: TargetTables;
  readonly failoverPolicies: PolicyTables<FailoverPolicyKey, FailoverPolicySpec>;
  readonly outlierDetectionPolicies: PolicyTables<OutlierDetectionPolicyKey, OutlierDetectionPolicySpec>;
  readonly retryTimeoutPolicies: PolicyTables<RetryTimeoutPolicyKey, RetryTimeoutPolicySpec>;
  /** The rule that orders the backends of a port. */
  readonly rules: Table<FailoverPortKey, OrderRule>;
  /** Outlier detection for all backends of a port. No row if each service has its own setting. */
  readonly outlierDetection: Table<FailoverPortKey, OutlierDetection>;
  /** Outlier detection that policies set on a destination or failover destination. */
  readonly onPorts: OutlierDetectionTable;
  /** `undefined` if no policy sets retries or a timeout. */
  readonly requestRules: (read: Read, port: TargetPortKey) => RequestRules | undefined;
  /** Warnings about valid policies that do not work as their author may expect, by kind of policy. */
  readonly warnings: PolicyWarnings;
}

export interface PolicyWarnings {
  readonly FailoverPolicy: readonly PolicyWarningTable<FailoverPolicyKey>[];
  readonly OutlierDetectionPolicy: readonly PolicyWarningTable<OutlierDetectionPolicyKey>[];
  readonly RetryTimeoutPolicy: readonly PolicyWarningTable<RetryTimeoutPolicyKey>[];
}

/** Tables that the failover destinations read. They are declared first. */
export interface EarlierPolicies {
  readonly context: PolicyContext;
  readonly detectionPolicies: PolicyTables<OutlierDetectionPolicyKey, OutlierDetectionPolicySpec>;
  readonly onPorts: OutlierDetectionTable;
}

export function declareVirtualDestinationPolicies(
  graph: Graph,
  inputs: VirtualDestinationPolicyInputs,
  { failovers }: FailoverTables,
  { context, detectionPolicies: outlierDetectionPolicies, onPorts }: EarlierPolicies,
): VirtualDestinationPolicyTables {
  const failoverPolicies = declarePolicies(graph, inputs.failoverPolicies, failoverPolicyKind, context);
  const retryTimeoutPolicies = declarePolicies(graph, inputs.retryTimeoutPolicies, retryTimeoutPolicyKind, context);

  // Computed once for each policy, for all of its targets.
  const rulesOfPolicies = graph.map(
    'FailoverPolicy rules',
    failoverPolicies.policies,
    ({ spec }) => spec && toOrderRule(spec),
  );
  const rules = graph.derive<FailoverPortKey, OrderRule>('orderRules', (read, key) => {
    const [policy] = failoverPolicies.onPort(read, key);
    const rule = policy && read(rulesOfPolicies, failoverPolicyKey(policy.ref));
    if (rule !== undefined) return rule;
    const failover = read(failovers, parseFailoverPort(key).failover);
    return failover === undefined || failover.listed
      ? { type: 'listed' }
      : { type: 'locality', mappings: failover.mappings };
  });

  /**
   * An OutlierDetectionPolicy takes precedence over a TrafficPolicy on the resource, and that over the resource's own setting. Without any
   * of them, the settings of each service apply to its own endpoints.
   */
  const outlierDetection = graph.derive<FailoverPortKey, OutlierDetection>('failoverOutlierDetection', (read, key) => {
    const onResource = read(onPorts, key);
    if (onResource !== undefined) return onResource;
    return read(failovers, parseFailoverPort(key).failover)?.outlierDetection;
  });

  const requestRules = (read: Read, port: TargetPortKey): RequestRules | undefined => {
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
