/**
 * TrafficPolicies: which destinations each selects, and which of its fields apply to each of them. For each field, the oldest accepted
 * policy wins. https://docs.solo.io/gloo-mesh/ (TrafficPolicy)
 */
import { exactList } from '../../api/exact-list.js';
import type { Diagnostic } from '../../api/diagnostic.js';
import type { FindingsOf } from '../model/finding.js';
import { type Resource, byAge } from '../../api/resource.js';
import type { TrafficPolicySpec, TrafficPolicySpec_Policy as Policy } from '../../generated/resources.js';
import { type Graph, type Input, type KeyedTable, type Read, type Table, sameRow } from '../../graph/index.js';
import { inForce, rememberValid } from '../model/last-valid.js';
import { type ConnectionSettings, toConnectionSettings } from './upstreams/connection-settings.js';
import type { OutlierDetection } from '../model/model.js';
import { type TrafficPolicyKey, trafficPolicyKey } from '../model/object-key.js';
import type { TargetKey } from '../model/target-key.js';
import { outlierDetectionOf } from './upstreams/outlier-detection.js';
import { type Selectable, selectTargets } from './selection/policy-selection.js';
import { type RequestMatcher, toRequestMatcher } from './requests/request-matchers.js';
import { type SourceScopeTable, declareSourceScope, formatSources } from './selection/source-selectors.js';
import { policySelectionFindings } from './selection/policy-selection-findings.js';
import { trafficPolicyProtocolFindings } from './upstreams/protocol-findings.js';
import { trafficPolicyFindings } from './traffic-policy-findings.js';
import { type TlsMode, tlsMode } from './upstreams/upstream-tls.js';

/** A policy as it applies to one destination. */
export interface AcceptedPolicy {
  readonly policy: TrafficPolicyKey;
  /** Position among the policies accepted on the destination, from 0. `undefined` if a field of the policy conflicts with an older policy. */
  readonly order: number | undefined;
  /** The fields that no older policy sets. */
  readonly fields: Policy;
  /** The policy applies to a request that meets one of these. Empty: to every request. */
  readonly matchers: readonly RequestMatcher[];
  /** The canonical text of its source selectors. Empty: every client. */
  readonly sources: string;
}

/** A field that an older policy already sets on a destination. */
export interface FieldConflict {
  readonly policy: TrafficPolicyKey;
  /** As the user writes it, for example `requestTimeout`. */
  readonly field: string;
  /** The policy whose value applies. */
  readonly owner: TrafficPolicyKey;
}

export interface PoliciesOnDestination {
  readonly accepted: readonly AcceptedPolicy[];
  readonly conflicts: readonly FieldConflict[];
}

export interface TrafficPolicyTables {
  readonly findings: KeyedTable<TrafficPolicyKey, readonly Diagnostic[]>;
  /** Selectors that select nothing, and settings without effect. */
  readonly warnings: FindingsOf<TrafficPolicyKey>;
  /** The destinations and virtual destinations that a policy selects. */
  readonly selected: KeyedTable<TrafficPolicyKey, readonly TargetKey[]>;
  readonly onDestination: Table<TargetKey, PoliciesOnDestination>;
  /** `undefined` if no policy configures outlier detection. Not a table: like the TLS mode, it only picks from `onDestination`. */
  readonly outlierDetection: (read: Read, target: TargetKey) => OutlierDetection | undefined;
  /** `undefined` if no policy sets a TLS mode. */
  readonly tlsModeOf: (read: Read, target: TargetKey) => TlsMode | undefined;
  readonly sourceScope: SourceScopeTable;
}

export function declareTrafficPolicies(
  graph: Graph,
  input: Input<TrafficPolicyKey, Resource<TrafficPolicySpec>>,
  lastValid: Input<TrafficPolicyKey, Resource<TrafficPolicySpec>>,
  selectable: Selectable,
): TrafficPolicyTables {
  const findings = graph.map('trafficPolicyFindings', input, (policy, read) =>
    trafficPolicyFindings(read, policy, selectable),
  );
  const policies = graph.map('trafficPolicies', input, (policy, read, key) =>
    inForce(read, key, policy, read(findings, key) ?? [], lastValid),
  );
  const selected = graph.map('trafficPolicyDestinations', policies, ({ spec }, read) =>
    selectTargets(read, spec?.destinationSelector ?? [], selectable),
  );
  const warnings: FindingsOf<TrafficPolicyKey> = (read, key) => {
    const policy = read(input, key);
    if (policy === undefined) return [];
    const effects = trafficPolicyProtocolFindings(read, policy, read(selected, key) ?? [], selectable);
    const invalid = (read(findings, key) ?? []).some(({ code }) => code === 'InvalidSelector');
    return invalid ? effects : [...policySelectionFindings(read, policy, selectable), ...effects];
  };
  const byDestination = graph.index('trafficPoliciesByDestination', selected, (keys) => keys);
  const onDestination = graph.derive<TargetKey, PoliciesOnDestination>('policiesOnDestination', (read, destination) =>
    accept((read(byDestination, destination) ?? []).flatMap((key) => read(policies, key) ?? [])),
  );
  const outlierDetection = (read: Read, destination: TargetKey): OutlierDetection | undefined => {
    const owner = read(onDestination, destination)?.accepted.find(({ fields }) => fields.outlierDetection);
    return owner?.fields.outlierDetection ? outlierDetectionOf(owner.fields.outlierDetection) : undefined;
  };
  const tlsModeOf = (read: Read, destination: TargetKey): TlsMode | undefined => {
    const owner = read(onDestination, destination)?.accepted.find(({ fields }) => fields.mtls);
    return owner?.fields.mtls && tlsMode(owner.fields.mtls);
  };
  rememberValid(graph, input, findings, lastValid);
  return {
    findings,
    warnings,
    selected,
    onDestination,
    outlierDetection,
    tlsModeOf,
    sourceScope: declareSourceScope(graph, policies),
  };
}

/** The connection settings that policies set on a destination or virtual destination. Not a table, because few destinations have any. */
export function connectionSettingsOn(
  read: Read,
  key: TargetKey,
  { onDestination }: Pick<TrafficPolicyTables, 'onDestination'>,
): ConnectionSettings | undefined {
  const owner = read(onDestination, key)?.accepted.find(({ fields }) => fields.connectionPoolSettings);
  return owner?.fields.connectionPoolSettings && toConnectionSettings(owner.fields.connectionPoolSettings);
}

/** The fields that apply to one destination. Older policies come first. */
function accept(policies: readonly Resource<TrafficPolicySpec>[]): PoliciesOnDestination {
  let order = 0;
  const accepted: AcceptedPolicy[] = [];
  const conflicts: FieldConflict[] = [];
  for (const policy of [...policies].sort(byAge)) {
    const key = trafficPolicyKey(policy.ref);
    const { matchers, sources } = scopeOf(policy);
    const rivals = accepted.filter((other) => other.sources === sources && sameRow(other.matchers, matchers));
    const lost = Object.keys(policy.spec?.policy ?? {}).flatMap((field) => {
      const owner = rivals.find((rival) => field in rival.fields);
      return owner === undefined ? [] : [{ policy: key, field, owner: owner.policy }];
    });
    const fields = omit(policy.spec?.policy ?? {}, new Set(lost.map(({ field }) => field)));
    accepted.push({ policy: key, order: lost.length === 0 ? order++ : undefined, fields, matchers, sources });
    conflicts.push(...lost);
  }
  return { accepted: exactList(accepted), conflicts: exactList(conflicts) };
}

function scopeOf({ spec }: Resource<TrafficPolicySpec>): Pick<AcceptedPolicy, 'matchers' | 'sources'> {
  return {
    matchers: exactList((spec?.httpRequestMatchers ?? []).map(toRequestMatcher)),
    sources: formatSources(spec?.sourceSelector),
  };
}

function omit(fields: Policy, names: ReadonlySet<string>): Policy {
  if (names.size === 0) return fields;
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.has(name)));
}
