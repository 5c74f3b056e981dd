/** The three policies on virtual destinations, and what they come to for each of them. */
import type { Resource } from '../../api/resource.js';
import type {
  FailoverPolicySpec,
  OutlierDetectionPolicySpec,
  RetryTimeoutPolicySpec,
} from '../../generated/resources.js';
import type { Graph, Input, Table } from '../../graph/index.js';
import { failoverPolicyKind, toOrderRule } from '../policies/failover-policies.js';
import type { FailoverTables } from './failovers.js';
import { type OutlierDetection, objectKey } from '../model/model.js';
import type { OrderRule } from '../preference/order-rule.js';
import { toOutlierDetection } from '../policies/outlier-detection.js';
import type { OutlierDetectionPolicyTables } from '../policies/outlier-detection-policies.js';
import { type PolicyContext, type PolicyTables, declarePolicies } from '../policies/policy-targets.js';
import { type PolicyWarningTable, declareFailoverPolicyWarnings, declareShadowWarnings } from './policy-warnings.js';
import { type RequestRules, retryTimeoutPolicyKind, toRequestRules } from '../policies/retry-timeout-policies.js';
import type { TrafficPolicyTables } from '../policies/traffic-policies.js';
import type { WorkspaceTable } from '../model/workspaces.js';

export interface ResilienceInputs {
  readonly failoverPolicies: Input<Resource<FailoverPolicySpec>>;
  readonly retryTimeoutPolicies: Input<Resource<RetryTimeoutPolicySpec>>;
}

export interface ResilienceTables {
  readonly workspaces: WorkspaceTable;
  readonly failoverPolicies: PolicyTables<FailoverPolicySpec>;
  readonly outlierDetectionPolicies: PolicyTables<OutlierDetectionPolicySpec>;
  readonly retryTimeoutPolicies: PolicyTables<RetryTimeoutPolicySpec>;
  /** By `resourceKey` of a failover destination: the order of what is behind it. */
  readonly rules: Table<OrderRule>;
  /** By `resourceKey`: outlier detection that is configured for all that is behind it; no row where each service's own counts. */
  readonly outlierDetection: Table<OutlierDetection>;
  /** By `resourceKey`; no row where no policy says anything. */
  readonly requestRules: Table<RequestRules>;
  /** What is valid and yet not as its author may think, by kind of the policy, then `objectKey`. */
  readonly warnings: Readonly<Record<string, readonly PolicyWarningTable[]>>;
}

/** What failover destinations depend on, and so comes before them. */
export interface EarlierPolicies {
  readonly context: PolicyContext;
  readonly detection: OutlierDetectionPolicyTables;
}

export function declareResilience(
  graph: Graph,
  inputs: ResilienceInputs,
  { failovers }: FailoverTables,
  policies: TrafficPolicyTables,
  { context, detection }: EarlierPolicies,
): ResilienceTables {
  const failoverPolicies = declarePolicies(graph, inputs.failoverPolicies, failoverPolicyKind, context);
  const outlierDetectionPolicies = detection.policies;
  const retryTimeoutPolicies = declarePolicies(graph, inputs.retryTimeoutPolicies, retryTimeoutPolicyKind, context);

  /** Once for each policy, so that all that it applies to share it. */
  const rulesOfPolicies = graph.map('FailoverPolicy rules', failoverPolicies.policies, ({ spec }) => spec && toOrderRule(spec));
  const rules = graph.derive<OrderRule>('orderRules', (read, key) => {
    const [policy] = read(failoverPolicies.onFailover, key) ?? [];
    const rule = policy && read(rulesOfPolicies, objectKey(policy.ref));
    if (rule !== undefined) return rule;
    const failover = read(failovers, key);
    return failover === undefined || failover.listed ? { type: 'listed' } : { type: 'locality', mappings: failover.mappings };
  });

  /**
   * The policy wins over a TrafficPolicy on the resource, and that over the resource's own. Where there is none of them, those of its
   * services count, each for itself.
   */
  const outlierDetection = graph.derive<OutlierDetection>('failoverOutlierDetection', (read, key) => {
    const [policy] = read(outlierDetectionPolicies.onFailover, key) ?? [];
    if (policy !== undefined) return toOutlierDetection(policy.spec?.config ?? {});
    const onResource = read(policies.outlierDetection, key);
    if (onResource !== undefined) return onResource;
    return read(failovers, key)?.outlierDetection;
  });

  const requestRules = graph.derive<RequestRules>('requestRules', (read, key) => {
    const [policy] = read(retryTimeoutPolicies.onFailover, key) ?? [];
    return policy?.spec && toRequestRules(policy.spec);
  });
  const warnings = {
    FailoverPolicy: [
      declareShadowWarnings(graph, 'FailoverPolicy', failoverPolicies),
      declareFailoverPolicyWarnings(
        graph,
        failoverPolicies,
        { failovers },
        { policies: outlierDetectionPolicies.onFailover, onDestinations: policies.outlierDetection },
      ),
    ],
    OutlierDetectionPolicy: [
      declareShadowWarnings(graph, 'OutlierDetectionPolicy', outlierDetectionPolicies),
      detection.shadowWarnings,
    ],
    RetryTimeoutPolicy: [declareShadowWarnings(graph, 'RetryTimeoutPolicy', retryTimeoutPolicies)],
  };
  return { workspaces: context.workspaces, failoverPolicies, outlierDetectionPolicies, retryTimeoutPolicies, rules, outlierDetection, requestRules, warnings };
}
