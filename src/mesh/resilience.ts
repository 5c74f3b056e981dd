/** The three policies on virtual destinations, and what they come to for each of them. */
import type { Resource } from '../api/resource.js';
import type {
  FailoverPolicySpec,
  OutlierDetectionPolicySpec,
  RetryTimeoutPolicySpec,
  WorkspaceSpec,
} from '../generated/resources.js';
import type { Graph, Input, Table } from '../graph/index.js';
import { failoverPolicyKind, toOrderRule } from './failover-policies.js';
import type { FailoverResource } from './failover-spec.js';
import type { FailoverTables } from './failovers.js';
import type { OutlierDetection } from './model.js';
import type { OrderRule } from './order-rule.js';
import { toOutlierDetection, virtualDestinationDefaults } from './outlier-detection.js';
import { outlierDetectionPolicyKind } from './outlier-detection-policies.js';
import { type PolicyTables, declarePolicies } from './policy-targets.js';
import { type RequestRules, retryTimeoutPolicyKind, toRequestRules } from './retry-timeout-policies.js';
import type { TrafficPolicyTables } from './traffic-policies.js';
import { declareWorkspaces } from './workspaces.js';

export interface ResilienceInputs {
  readonly failovers: Input<FailoverResource>;
  readonly failoverPolicies: Input<Resource<FailoverPolicySpec>>;
  readonly outlierDetectionPolicies: Input<Resource<OutlierDetectionPolicySpec>>;
  readonly retryTimeoutPolicies: Input<Resource<RetryTimeoutPolicySpec>>;
  readonly workspaces: Input<Resource<WorkspaceSpec>>;
}

export interface ResilienceTables {
  readonly failoverPolicies: PolicyTables<FailoverPolicySpec>;
  readonly outlierDetectionPolicies: PolicyTables<OutlierDetectionPolicySpec>;
  readonly retryTimeoutPolicies: PolicyTables<RetryTimeoutPolicySpec>;
  /** By `resourceKey` of a failover destination: the order of what is behind it. */
  readonly rules: Table<OrderRule>;
  /** By `resourceKey`: outlier detection for all that is behind it; no row where each service's own counts. */
  readonly outlierDetection: Table<OutlierDetection>;
  /** By `resourceKey`; no row where no policy says anything. */
  readonly requestRules: Table<RequestRules>;
}

export function declareResilience(
  graph: Graph,
  inputs: ResilienceInputs,
  { failovers }: FailoverTables,
  policies: TrafficPolicyTables,
): ResilienceTables {
  const virtualDestinations = graph.index('virtualDestinations', inputs.failovers, ({ ref }) => (ref.kind === 'VirtualDestination' ? [''] : []));
  const context = { failovers: inputs.failovers, virtualDestinations, workspaces: declareWorkspaces(graph, inputs.workspaces) };
  const failoverPolicies = declarePolicies(graph, inputs.failoverPolicies, failoverPolicyKind, context);
  const outlierDetectionPolicies = declarePolicies(graph, inputs.outlierDetectionPolicies, outlierDetectionPolicyKind, context);
  const retryTimeoutPolicies = declarePolicies(graph, inputs.retryTimeoutPolicies, retryTimeoutPolicyKind, context);

  const rules = graph.derive<OrderRule>('orderRules', (read, key) => {
    const [policy] = read(failoverPolicies.onFailover, key) ?? [];
    if (policy?.spec !== undefined) return toOrderRule(policy.spec);
    const failover = read(failovers, key);
    return failover === undefined || failover.listed ? { type: 'listed' } : { type: 'locality', mappings: failover.mappings };
  });

  /**
   * The policy wins over a TrafficPolicy on the resource, that over the resource's own, that over its services' TrafficPolicies, and
   * those over the default.
   */
  const outlierDetection = graph.derive<OutlierDetection>('failoverOutlierDetection', (read, key) => {
    const [policy] = read(outlierDetectionPolicies.onFailover, key) ?? [];
    if (policy !== undefined) return toOutlierDetection(policy.spec?.config ?? {});
    const onResource = read(policies.outlierDetection, key);
    if (onResource !== undefined) return onResource;
    const failover = read(failovers, key);
    if (failover === undefined || failover.listed || failover.outlierDetection) return failover?.outlierDetection;
    const backings = failover.ports.flatMap((port) => port.backings.flat());
    const own = backings.map(({ destination }) => read(policies.outlierDetection, destination));
    return own.find((settings) => settings !== undefined) ?? virtualDestinationDefaults;
  });

  const requestRules = graph.derive<RequestRules>('requestRules', (read, key) => {
    const [policy] = read(retryTimeoutPolicies.onFailover, key) ?? [];
    return policy?.spec && toRequestRules(policy.spec);
  });
  return { failoverPolicies, outlierDetectionPolicies, retryTimeoutPolicies, rules, outlierDetection, requestRules };
}
