/**
 * The ranking of a cluster's endpoints for a client. Rankings order classes of endpoints, so an added or removed endpoint changes them only
 * if a class appears or disappears. Rankings are texts, so that clients with the same ranking share everything computed from it.
 */
import { compareText } from '../../api/resource.js';
import type { Graph, Read, Table } from '../../graph/index.js';
import type { DestinationTables } from '../discovery/destinations.js';
import { inSubset } from '../discovery/services/subset.js';
import { type ClusterKey, aggregateOf, parseCluster, parseMemberName } from '../model/cluster-key.js';
import { destinationPortKey } from '../model/target-key.js';
import type { OrderingClient, Preference } from '../preference/order.js';
import { orderFor } from '../preference/order-rule.js';
import { type ClientKey, parseClient } from './client-key.js';
import { type ListedClass, classify } from './endpoint-class.js';
import { type MemberRun, orderMembers, rankingOfRun } from './member-order.js';
import { telltaleClients } from './most-tiers.js';
import { type RankingKey, type TiersKey, parseRankingKey, parseTiersKey, rankingKey } from './ranking-key.js';
import { type Ranking, formatRanking, parseRanking } from './ranking-text.js';
import { MAX_TIERS, type PlacedGroup, type Tiers, toTiers } from './tiers.js';
import type { EndpointCluster, UpstreamCluster } from './upstream-cluster.js';

export interface RankingTables {
  /** The classes of endpoints behind a cluster, in the order in which rankings list them. */
  readonly classes: Table<ClusterKey, readonly ListedClass[]>;
  /** For clusters with endpoints: the text of the ranking. */
  readonly rankings: Table<RankingKey, string>;
  /** For aggregates: the members in the order of the client. */
  readonly layouts: Table<RankingKey, readonly MemberRun[]>;
  readonly tiers: Table<TiersKey, Tiers>;
  /** The tiers for a client, without adding rows. For findings, which use clients that may not exist. */
  readonly tiersFor: (read: Read, cluster: ClusterKey, client: ClientKey) => Tiers | undefined;
  /** The maximum number of tiers of any client. */
  readonly tierCounts: Table<ClusterKey, number>;
}

export function declareRankings(
  graph: Graph,
  clusters: Table<ClusterKey, UpstreamCluster>,
  destinations: DestinationTables,
): RankingTables {
  const classes = graph.derive<ClusterKey, readonly ListedClass[]>('endpointClasses', (read, key) => {
    const cluster = read(clusters, key);
    return cluster && [...classify(read, cluster, destinations).keys()];
  });
  const aggregateRankings = graph.derive<RankingKey, string>('aggregateRankings', (read, key) => {
    const [aggregate, client] = parseRankingKey(key);
    const upstream = read(clusters, aggregate);
    return upstream?.type === 'AGGREGATE' ? rankingFor(upstream, read(classes, aggregate) ?? [], client) : undefined;
  });
  const layouts = graph.derive<RankingKey, readonly MemberRun[]>('layouts', (read, key) => {
    const [aggregate] = parseRankingKey(key);
    const upstream = read(clusters, aggregate);
    if (upstream?.type !== 'AGGREGATE') return undefined;
    if (upstream.listed) return orderMembers(upstream, [], { places: [] });
    return orderMembers(upstream, read(classes, aggregate) ?? [], parseRanking(read(aggregateRankings, key) ?? ''));
  });
  const rankingOf = (read: Read, cluster: ClusterKey, client: ClientKey): string | undefined => {
    const upstream = read(clusters, cluster);
    if (upstream === undefined || upstream.type === 'AGGREGATE') return undefined;
    const aggregate = upstream.run === undefined ? undefined : aggregateOf(cluster);
    if (aggregate === undefined)
      return rankingFor(upstream, upstream.rule.type === 'listed' ? [] : (read(classes, cluster) ?? []), client);
    const whole = parseRanking(read(aggregateRankings, rankingKey(aggregate, client)) ?? '');
    const run = parseMemberName(parseCluster(cluster)[4]);
    const runs = read(layouts, rankingKey(aggregate, client)) ?? [];
    return run && formatRanking(rankingOfRun(runs, run, read(classes, aggregate) ?? [], whole));
  };
  const tiersOfRanking = (read: Read, cluster: ClusterKey, ranking: string): Tiers | undefined => {
    const upstream = read(clusters, cluster);
    return upstream && upstream.type !== 'AGGREGATE' ? tiersOf(read, upstream, ranking, destinations) : undefined;
  };
  const rankings = graph.derive<RankingKey, string>('rankings', (read, key) =>
    rankingOf(read, ...parseRankingKey(key)),
  );
  const tiers = graph.derive<TiersKey, Tiers>('tiers', (read, key) => tiersOfRanking(read, ...parseTiersKey(key)));
  const tiersFor = (read: Read, cluster: ClusterKey, client: ClientKey): Tiers | undefined =>
    tiersOfRanking(read, cluster, rankingOf(read, cluster, client) ?? '');
  const tierCounts = graph.derive<ClusterKey, number>('tierCounts', (read, key) => {
    const upstream = read(clusters, key);
    if (upstream === undefined) return undefined;
    if (upstream.rule.type === 'listed') return Math.min(MAX_TIERS, upstream.backings.length);
    return mostTiers(upstream, read(classes, key) ?? []);
  });
  return { classes, rankings, layouts, tiers, tiersFor, tierCounts };
}

/** Empty for the listed order. */
function rankingFor(cluster: UpstreamCluster, classes: readonly ListedClass[], client: ClientKey): string {
  const { type } = cluster.rule;
  return type === 'listed' ? '' : formatRanking(rank(cluster, classes, parseClient(client)));
}

/** Orders by list, then by the rule inside each list. */
export function rank(
  { rule }: Pick<UpstreamCluster, 'rule'>,
  classes: readonly ListedClass[],
  client: OrderingClient,
): Ranking {
  const { preferenceOf, shares } = orderFor(rule, client);
  const placed = classes.map((of) => {
    const place = preferenceOf(of);
    return place && { place, step: stepKey(of, place) };
  });
  const steps = [...new Set(placed.flatMap((of) => of?.step ?? []))].sort(compareText);
  const places = placed.map((of) => of && { ...of.place, tier: steps.indexOf(of.step) });
  return { places, ...(shares && { shares }) };
}

/** A key that sorts by list, then by tier. */
function stepKey({ list }: ListedClass, { tier }: Preference): string {
  return `${String(list).padStart(12, '0')} ${String(tier).padStart(12, '0')}`;
}

function tiersOf(read: Read, cluster: EndpointCluster, ranking: string, tables: DestinationTables): Tiers {
  if (ranking === '') return toTiers(listedGroups(read, cluster, tables));
  const { places, shares } = parseRanking(ranking);
  const placed = [...classify(read, cluster, tables).values()].flatMap((group, index): readonly PlacedGroup[] => {
    const place = places[index];
    return place === undefined ? [] : [{ place, group }];
  });
  return toTiers(placed, shares);
}

function listedGroups(
  read: Read,
  { backings, subset }: EndpointCluster,
  tables: DestinationTables,
): readonly PlacedGroup[] {
  return backings.flatMap((list, tier) =>
    list.flatMap(({ destination, port }) =>
      inSubset(read(tables.endpoints, destinationPortKey(destination, port)) ?? [], subset).map((group) => ({
        place: { tier },
        group,
      })),
    ),
  );
}

/** No client can have more tiers than there are classes, so the search ends when a client has as many. */
function mostTiers(cluster: UpstreamCluster, classes: readonly ListedClass[]): number {
  const limit = Math.min(MAX_TIERS, Math.max(1, classes.length));
  let most = 1;
  for (const client of telltaleClients(cluster.rule, classes)) {
    most = Math.max(most, countTiers(cluster, classes, client));
    if (most >= limit) return limit;
  }
  return most;
}

/** Services that share a tier but not a member are used one after the other, so they count as separate tiers. */
function countTiers(cluster: UpstreamCluster, classes: readonly ListedClass[], client: OrderingClient): number {
  const { places } = rank(cluster, classes, client);
  return new Set(
    places.flatMap((place, i) => (place === undefined ? [] : [`${String(place.tier)} ${classes[i]?.member ?? ''}`])),
  ).size;
}
