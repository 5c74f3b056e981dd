/**
 * OutlierDetectionPolicies, on virtual destinations and on services. On a service they win over TrafficPolicies.
 * https://docs.solo.io/gloo-mesh/latest/reference/api/outlier_detection_policy/
 */
import type { Diagnostic } from '../../api/diagnostic.js';
import { type Resource, byAge, clusterAnnotation, resourceKey } from '../../api/resource.js';
import type { DestinationSelectorV2, OutlierDetectionPolicySpec } from '../../generated/resources.js';
import type { Graph, Input, KeyedTable, Read, Table } from '../../graph/index.js';
import type { DestinationTables } from '../discovery/destinations.js';
import { collectFindings } from '../model/finding.js';
import { type Destination, type OutlierDetection, objectKey } from '../model/model.js';
import { toOutlierDetection } from './outlier-detection.js';
import {
  type PolicyContext,
  type PolicyKind,
  type PolicyTables,
  checkKinds,
  declarePolicies,
  toConditions,
  virtualDestinationSelectors,
} from './policy-targets.js';
import { checkOutlierDetection } from './traffic-policy-findings.js';
import type { TrafficPolicyTables } from './traffic-policies.js';
import { selectKeys } from '../discovery/traits.js';
import { type WorkspaceTable, workspaceOf } from '../model/workspaces.js';

type Policy = Resource<OutlierDetectionPolicySpec>;

const outlierDetectionPolicyKind: PolicyKind<OutlierDetectionPolicySpec> = {
  name: 'OutlierDetectionPolicy',
  check: ({ ref, spec = {} }: Policy) => {
    const findings = collectFindings(ref);
    const kinds = ['SERVICE', 'VIRTUAL_DESTINATION', 'EXTERNAL_SERVICE'] as const;
    checkKinds(findings, 'OutlierDetectionPolicy', spec.applyToDestinations, kinds);
    if (spec.config) checkOutlierDetection(findings, spec.config, ['spec', 'config']);
    return findings.all;
  },
  selectors: (spec) => virtualDestinationSelectors(spec.applyToDestinations),
};

export interface OutlierDetectionPolicyTables {
  /** What they are, and what they come to for virtual destinations. */
  readonly policies: PolicyTables<OutlierDetectionPolicySpec>;
  /** Keys of the destinations that a policy selects, by `objectKey` of the policy. */
  readonly selectedDestinations: KeyedTable<readonly string[]>;
  /** By key of the destination: the oldest policy that selects it. */
  readonly onDestination: Table<Policy>;
  /** By `objectKey` of a policy: destinations for which an older one counts. */
  readonly shadowWarnings: Table<readonly Diagnostic[]>;
}

export function declareOutlierDetectionPolicies(
  graph: Graph,
  input: Input<Policy>,
  context: PolicyContext,
  destinations: DestinationTables,
): OutlierDetectionPolicyTables {
  const policies = declarePolicies(graph, input, outlierDetectionPolicyKind, context);
  const selectedDestinations = graph.map('OutlierDetectionPolicy destinations', policies.policies, (policy, read) =>
    selectedBy(read, policy, destinations, context.workspaces),
  );
  const byDestination = graph.index('OutlierDetectionPolicy by destination', selectedDestinations, (keys) => keys);
  const onDestination = graph.derive<Policy>('OutlierDetectionPolicy on destination', (read, key) => {
    const selecting = (read(byDestination, key) ?? []).flatMap((policy) => read(policies.policies, policy) ?? []);
    return selecting.sort(byAge)[0];
  });
  const name = 'OutlierDetectionPolicy destination warnings';
  const shadowWarnings = graph.derive<readonly Diagnostic[]>(name, (read, key) => {
    const policy = read(policies.policies, key);
    return policy && shadowed(read, policy, read(selectedDestinations, key) ?? [], onDestination);
  });
  return { policies, selectedDestinations, onDestination, shadowWarnings };
}

/** What TrafficPolicies say of outlier detection counts where no OutlierDetectionPolicy says anything. */
export function withOutlierDetectionPolicies(
  graph: Graph,
  trafficPolicies: TrafficPolicyTables,
  { onDestination }: OutlierDetectionPolicyTables,
): TrafficPolicyTables {
  const outlierDetection = graph.derive<OutlierDetection>('serviceOutlierDetection', (read, key) => {
    const policy = read(onDestination, key);
    if (policy !== undefined) return toOutlierDetection(policy.spec?.config ?? {});
    return read(trafficPolicies.outlierDetection, key);
  });
  return { ...trafficPolicies, outlierDetection };
}

function selectedBy(
  read: Read,
  policy: Policy,
  tables: DestinationTables,
  workspaces: WorkspaceTable,
): readonly string[] {
  const workspace = workspaceOf(read, workspaces, policy);
  return selectDestinations(read, policy.spec?.applyToDestinations ?? [], tables).filter((key) => {
    const destination = read(tables.destinations, key);
    return destination !== undefined && workspaceOf(read, workspaces, placeOf(destination)) === workspace;
  });
}

/** Keys of destinations, sorted. No selector, and one that names no kind, mean services and virtual destinations alike. */
function selectDestinations(read: Read, selectors: readonly DestinationSelectorV2[], tables: DestinationTables): readonly string[] {
  if (selectors.length === 0) return selectKeys(read, tables.traits, [{}]);
  return [...new Set(selectors.flatMap((selector) => selectKind(read, selector, tables)))].sort();
}

function selectKind(read: Read, { kind, selector = {} }: DestinationSelectorV2, { traits, destinations }: DestinationTables): readonly string[] {
  if (kind === 'VIRTUAL_DESTINATION') return [];
  const selected = selectKeys(read, traits, [toConditions(selector)]);
  return kind === undefined ? selected : selected.filter((key) => (read(destinations, key)?.service === undefined) === (kind === 'EXTERNAL_SERVICE'));
}

/** A service belongs to the workspace that has its namespace in its cluster. */
function placeOf({ service, ref }: Destination): Parameters<typeof workspaceOf>[2] {
  const { name, namespace } = service ?? ref;
  const annotations = service ? { [clusterAnnotation]: service.cluster } : {};
  return { ref: { kind: 'Destination', name, namespace }, annotations };
}

function shadowed(
  read: Read,
  { ref }: Policy,
  targets: readonly string[],
  onDestination: Table<Policy>,
): readonly Diagnostic[] {
  const findings = collectFindings(ref);
  for (const target of targets) {
    const winner = read(onDestination, target);
    if (winner === undefined || resourceKey(winner.ref) === resourceKey(ref)) continue;
    const older = `the older ${ref.kind} ${objectKey(winner.ref)}`;
    const message = `Destination ${target} already has ${older}: this one does not count there.`;
    findings.warning('PolicyShadowed', ['spec'], message);
  }
  return findings.all;
}
