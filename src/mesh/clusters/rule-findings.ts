/** Findings about the order of backends: in FailoverPolicies, and in failover destinations that define their own order. */
import type { Diagnostic } from '../../api/diagnostic.js';
import { type Resource, resourceKey } from '../../api/resource.js';
import type { FailoverPolicySpec } from '../../generated/resources.js';
import type { Graph, Read, Table } from '../../graph/index.js';
import type { FailoverTables } from '../failovers/failovers.js';
import type { VirtualDestinationPolicyTables } from '../failovers/virtual-destination-policies.js';
import { type Findings, type FindingsOf, collectFindings } from '../model/finding.js';
import type { FailoverDestination } from '../model/model.js';
import { formatObject } from '../model/object-ref.js';
import type { OrderingClient } from '../preference/order.js';
import type { Selected } from '../policies/selection/target-selectors.js';
import { formatLocality } from '../preference/rule-text.js';
import type { ListedClass } from './endpoint-class.js';
import { type PlaceInputs, type PlaceTables, declarePlaces } from './failover-places.js';
import { type OrderedTarget, checkRule } from './locality-findings.js';
import { telltaleClients } from './most-tiers.js';
import { type RankingTables, rank } from './ranking.js';
import type { AggregateCluster, UpstreamCluster } from './upstream-cluster.js';
import type { FailoverPolicyKey } from '../model/object-key.js';
import { type FailoverKey, failoverKey } from '../model/failover-key.js';
import { type FailoverPortKey, isFailover, failoverPortKey, parseFailoverPort } from '../model/target-key.js';
import { type ClusterKey, failoverCluster } from '../model/cluster-key.js';

export interface RuleFindingTables {
  readonly ofPolicies: Table<FailoverPolicyKey, readonly Diagnostic[]>;
  readonly ofFailovers: FindingsOf<FailoverKey>;
  readonly hasEndpointOrNode: PlaceTables['hasEndpointOrNode'];
}

interface RuleFindingContext {
  readonly failovers: FailoverTables;
  readonly virtualDestinationPolicies: VirtualDestinationPolicyTables;
  readonly clusters: RankingTables & { readonly clusters: Table<ClusterKey, UpstreamCluster> };
}

export function declareRuleFindings(graph: Graph, inputs: PlaceInputs, context: RuleFindingContext): RuleFindingTables {
  const {
    failovers: { failovers },
    virtualDestinationPolicies,
    clusters,
  } = context;
  const { failoverPolicies, rules } = virtualDestinationPolicies;
  const places = declarePlaces(graph, inputs, context.failovers, clusters.classes);
  const ofPolicies = graph.derive<FailoverPolicyKey, readonly Diagnostic[]>(
    'FailoverPolicy rule findings',
    (read, key) => {
      const policy = read(failoverPolicies.policies, key);
      if (policy === undefined) return undefined;
      const winsOn = (port: FailoverPortKey): boolean => isPolicy(failoverPolicies.onPort(read, port)[0], policy);
      const ports = [...(read(failoverPolicies.selected, key)?.values() ?? [])]
        .flatMap((one) => portsOf(read, one, failovers))
        .filter(winsOn);
      return policyFindings(read, policy, ports, rules, { failovers, places });
    },
  );
  const ofFailovers: FindingsOf<FailoverKey> = (read, key) => {
    const failover = read(failovers, key);
    if (failover === undefined) return [];
    const findings = collectFindings(failover.ref);
    const isOwn = failover.ports.some(
      ({ number }) => failoverPolicies.onPort(read, failoverPortKey(key, number)).length === 0,
    );
    if (failover.mappings.length > 0 && isOwn) {
      const rule = { type: 'locality', mappings: failover.mappings } as const;
      const paths = { mappings: ['spec', 'localized', 'failoverDirectives'], labels: [] };
      checkRule(read, findings, rule, paths, [targetOf(read, failover, places)], places);
    }
    checkSplitTiers(read, findings, failover, clusters);
    return findings.all;
  };
  return { ofPolicies, ofFailovers, hasEndpointOrNode: places.hasEndpointOrNode };
}

/** The ports that are selected. */
function portsOf(
  read: Read,
  { target, ports }: Selected,
  failovers: Table<FailoverKey, FailoverDestination>,
): readonly FailoverPortKey[] {
  if (!isFailover(target)) return [];
  const numbers = (read(failovers, target)?.ports ?? []).map(({ number }) => number);
  return numbers.filter((number) => ports?.includes(number) ?? true).map((number) => failoverPortKey(target, number));
}

function isPolicy(winner: Resource<unknown> | undefined, { ref }: Resource<unknown>): boolean {
  return winner !== undefined && resourceKey(winner.ref) === resourceKey(ref);
}

function policyFindings(
  read: Read,
  { ref }: Resource<FailoverPolicySpec>,
  ports: readonly FailoverPortKey[],
  rules: VirtualDestinationPolicyTables['rules'],
  { failovers, places }: { readonly failovers: Table<FailoverKey, FailoverDestination>; readonly places: PlaceTables },
): readonly Diagnostic[] {
  const [first] = ports;
  const rule = first === undefined ? undefined : read(rules, first);
  if (rule === undefined) return [];
  const findings = collectFindings(ref);
  const targets = [...new Set(ports.map((port) => parseFailoverPort(port).failover))];
  const ordered = targets
    .flatMap((key) => read(failovers, key) ?? [])
    .map((failover) => targetOf(read, failover, places));
  const paths = {
    mappings: ['spec', 'config', 'localityMappings'],
    labels: ['spec', 'config', 'priorityLabels', 'labels'],
  };
  checkRule(read, findings, rule, paths, ordered, places);
  return findings.all;
}

function targetOf(read: Read, { ref }: FailoverDestination, places: PlaceTables): OrderedTarget {
  return { name: `${ref.kind} ${formatObject(ref)}`, classes: read(places.classes, failoverKey(ref)) ?? [] };
}

/** Reports services that share a tier but differ in settings. Such services are used one after the other. */
function checkSplitTiers(
  read: Read,
  findings: Findings,
  { ref, ports }: FailoverDestination,
  { clusters, classes }: RuleFindingContext['clusters'],
): void {
  for (const { number } of ports) {
    const key = failoverCluster(failoverKey(ref), number);
    const cluster = read(clusters, key);
    if (cluster?.type !== 'AGGREGATE' || cluster.listed) continue;
    const splits = splitsOf(cluster, read(classes, key) ?? []);
    const worst = splits.find(({ weighted }) => weighted) ?? splits[0];
    if (worst === undefined) continue;
    const lost = worst.weighted
      ? 'are used one after the other, without the weights of the mapping'
      : 'are used one after the other';
    const message = `On port ${number}, for clients ${whereIs(worst.client)}, the services of ${worst.members.join(' and ')} are in one tier, but differ in protocol, TLS, outlier detection or connection settings, or only some of them have DNS names. They ${lost}. Give them the same settings to share the tier.`;
    findings.warning('SplitTier', ['spec'], message);
  }
}

interface Split {
  readonly client: OrderingClient;
  readonly members: readonly string[];
  readonly weighted: boolean;
}

function splitsOf(cluster: AggregateCluster, behind: readonly ListedClass[]): readonly Split[] {
  return telltaleClients(cluster.rule, behind).flatMap((client) => {
    const { places, shares } = rank(cluster, behind, client);
    const members = membersOfSplitTier(
      behind.map(({ member }) => member),
      places.map((place) => place?.tier),
    );
    return members.length === 0 ? [] : [{ client, members, weighted: shares !== undefined }];
  });
}

function membersOfSplitTier(members: readonly string[], tiers: readonly (number | undefined)[]): readonly string[] {
  const byTier = new Map<number, Set<string>>();
  members.forEach((member, i) => {
    const tier = tiers[i];
    if (tier !== undefined) byTier.set(tier, (byTier.get(tier) ?? new Set<string>()).add(member));
  });
  return [...([...byTier.values()].find((found) => found.size > 1) ?? [])].sort();
}

function whereIs({ locality }: OrderingClient): string {
  const place = formatLocality(locality).trim();
  return place === '' ? 'in an unknown region' : `in ${place}`;
}
