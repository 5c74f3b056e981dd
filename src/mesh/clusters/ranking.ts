/**
 * The ranking of what is behind a cluster, as one client sees it. Rankings are made of classes of endpoints, so an endpoint that
 * comes or goes changes none; and they are texts, so clients with the same ranking share all that follows from it.
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
  /** What is behind a cluster, in the order in which rankings place it. */
  readonly classes: Table<ClusterKey, readonly ListedClass[]>;
  /** Of a cluster with endpoints: the text of its ranking. */
  readonly rankings: Table<RankingKey, string>;
  /** Of an aggregate: its members in the order of the client. */
  readonly layouts: Table<RankingKey, readonly MemberRun[]>;
  readonly tiers: Table<TiersKey, Tiers>;
  /** The tiers as a client sees them, without rows of their own: for findings, which ask as a client that need not exist. */
  readonly tiersFor: (read: Read, cluster: ClusterKey, client: ClientKey) => Tiers | undefined;
  /** The most tiers that any client can have. */
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

/** The empty text for the listed order. */
function rankingFor(cluster: UpstreamCluster, classes: readonly ListedClass[], client: ClientKey): string {
  const { type } = cluster.rule;
  return type === 'listed' ? '' : formatRanking(rank(cluster, classes, parseClient(client)));
}

/** The listed order comes first, the rule orders inside each list. */
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

/** Sorts by list, then by tier. */
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

/** Nobody has more tiers than there are classes; once a client has as many, the others need not be asked. */
function mostTiers(cluster: UpstreamCluster, classes: readonly ListedClass[]): number {
  const limit = Math.min(MAX_TIERS, Math.max(1, classes.length));
  let most = 1;
  for (const client of telltaleClients(cluster.rule, classes)) {
    most = Math.max(most, countTiers(cluster, classes, client));
    if (most >= limit) return limit;
  }
  return most;
}

/** Services that share a tier but not a member are used one after the other, so they count as two tiers. */
function countTiers(cluster: UpstreamCluster, classes: readonly ListedClass[], client: OrderingClient): number {
  const { places } = rank(cluster, classes, client);
  return new Set(
    places.flatMap((place, i) => (place === undefined ? [] : [`${String(place.tier)} ${classes[i]?.member ?? ''}`])),
  ).size;
}
