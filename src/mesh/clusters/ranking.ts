/**
 * The ranking of what is behind a cluster, as one client sees it. Rankings are made of classes of endpoints, so an endpoint that
 * comes or goes changes none; and they are texts, so clients with the same ranking share all that follows from it.
 */
import { compareText } from '../../api/resource.js';
import type { Graph, Read, Table } from '../../graph/index.js';
import type { EdsCluster, UpstreamCluster } from './clusters.js';
import { type DestinationTables, backingKey } from '../discovery/destinations.js';
import { joinKey, splitPair } from '../model/key.js';
import { labelOf } from '../preference/label-order.js';
import type { EndpointGroup } from '../model/model.js';
import type { EndpointClass, OrderingClient, Place } from '../preference/order.js';
import { labelsOf, orderFor } from '../preference/order-rule.js';
import { type Ranking, formatRanking, parseRanking } from './ranking-text.js';
import { inSubset } from '../discovery/subset.js';
import { type PlacedGroup, type Tiers, toTiers } from './tiers.js';

/** Endpoints of one list of a cluster that no rule tells apart. */
export interface ListedClass extends EndpointClass {
  readonly key: string;
  readonly list: number;
}

export interface RankingTables {
  /** By `pairKey` of an EDS cluster's key and a client (`clientKey`): the text of the ranking. */
  readonly rankings: Table<string>;
  /** By `pairKey` of an EDS cluster's key and a ranking. */
  readonly tiers: Table<Tiers>;
  /** By key of an EDS cluster: the most tiers that any client has who is where some of the endpoints are. */
  readonly tierCounts: Table<number>;
}

/** A client, as far as rankings ask; the labels are only those that some rule looks at. */
export function clientKey({ locality, cluster, labels }: OrderingClient): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => compareText(a, b));
  return JSON.stringify([locality.region, locality.zone, locality.subZone, cluster, sorted]);
}

function parseClient(key: string): OrderingClient {
  if (key === '') return { locality: { region: '', zone: '', subZone: '' }, cluster: '', labels: {} };
  type Parts = readonly [string, string, string, string, readonly (readonly [string, string])[]];
  const [region, zone, subZone, cluster, labels] = JSON.parse(key) as Parts;
  return { locality: { region, zone, subZone }, cluster, labels: Object.fromEntries(labels) };
}

export function declareRankings(graph: Graph, clusters: Table<UpstreamCluster>, destinations: DestinationTables): RankingTables {
  const classes = graph.derive<readonly ListedClass[]>('endpointClasses', (read, key) => {
    const cluster = read(clusters, key);
    return cluster?.type === 'EDS' ? [...classify(read, cluster, destinations).keys()] : undefined;
  });
  const rankings = graph.derive<string>('rankings', (read, key) => {
    const [cluster, client] = splitPair(key);
    const upstream = read(clusters, cluster);
    if (upstream?.type !== 'EDS') return undefined;
    return upstream.rule.type === 'listed' ? '' : formatRanking(rank(upstream, read(classes, cluster) ?? [], parseClient(client)));
  });
  const tiers = graph.derive<Tiers>('tiers', (read, key) => {
    const [cluster, ranking] = splitPair(key);
    const upstream = read(clusters, cluster);
    return upstream?.type === 'EDS' ? tiersOf(read, upstream, ranking, destinations) : undefined;
  });
  const tierCounts = graph.derive<number>('tierCounts', (read, key) => {
    const upstream = read(clusters, key);
    if (upstream?.type !== 'EDS') return undefined;
    return upstream.rule.type === 'listed' ? upstream.backings.length : mostTiers(upstream, read(classes, key) ?? []);
  });
  return { rankings, tiers, tierCounts };
}

/** The endpoints of a cluster by class, in an order that does not depend on the endpoints. */
export function classify(read: Read, cluster: EdsCluster, tables: DestinationTables): ReadonlyMap<ListedClass, EndpointGroup> {
  const labels = labelsOf(cluster.rule);
  const found = new Map<string, { of: ListedClass; parts: EndpointGroup[] }>();
  cluster.backings.forEach((backings, list) => {
    for (const { destination, port } of backings) {
      const clusterName = read(tables.destinations, destination)?.service?.cluster ?? '';
      const groups = inSubset(read(tables.endpoints, backingKey(destination, port)) ?? [], cluster.subset);
      for (const group of groups.flatMap((whole) => splitByLabels(whole, labels))) {
        const of = toClass(group, clusterName, list, labels);
        const known = found.get(of.key);
        if (known === undefined) found.set(of.key, { of, parts: [group] });
        else known.parts.push(group);
      }
    }
  });
  const sorted = [...found].sort(([a], [b]) => compareText(a, b));
  return new Map(sorted.map(([, { of, parts }]) => [of, joined(of, parts)]));
}

/** A lone group stays as it is, so that its bytes are made once for all rankings. */
function joined({ locality }: ListedClass, [first, ...others]: readonly EndpointGroup[]): EndpointGroup {
  if (first !== undefined && others.length === 0) return first;
  return { locality, endpoints: [first, ...others].flatMap((group) => group?.endpoints ?? []) };
}

/** Groups of endpoints that have the same labels, as far as the rule asks. */
function splitByLabels(group: EndpointGroup, keys: readonly string[]): readonly EndpointGroup[] {
  if (keys.length === 0) return group.endpoints.length === 0 ? [] : [group];
  return group.endpoints.map((endpoint) => ({ locality: group.locality, endpoints: [endpoint] }));
}

function toClass({ locality, endpoints }: EndpointGroup, cluster: string, list: number, keys: readonly string[]): ListedClass {
  const full = { locality, cluster, labels: endpoints[0]?.labels ?? {} };
  const labels = Object.fromEntries(keys.map((key) => [key, labelOf(full, key)]));
  const { region, zone, subZone } = locality;
  return { key: joinKey(String(list), region, zone, subZone, cluster, ...Object.values(labels)), list, locality, cluster, labels };
}

/** The listed order comes first, the rule orders inside each list. */
function rank({ rule }: EdsCluster, classes: readonly ListedClass[], client: OrderingClient): Ranking {
  const { placeOf, shares } = orderFor(rule, client);
  const placed = classes.map((of) => {
    const place = placeOf(of);
    return place && { place, step: stepKey(of, place) };
  });
  const steps = [...new Set(placed.flatMap((of) => of?.step ?? []))].sort(compareText);
  const places = placed.map((of) => of && { ...of.place, tier: steps.indexOf(of.step) });
  return { places, ...(shares && { shares }) };
}

/** Sorts by list, then by tier. */
function stepKey({ list }: ListedClass, { tier }: Place): string {
  return `${String(list).padStart(12, '0')} ${String(tier).padStart(12, '0')}`;
}

function tiersOf(read: Read, cluster: EdsCluster, ranking: string, tables: DestinationTables): Tiers {
  if (ranking === '') return toTiers(listedGroups(read, cluster, tables));
  const { places, shares } = parseRanking(ranking);
  const placed = [...classify(read, cluster, tables).values()].flatMap((group, index): readonly PlacedGroup[] => {
    const place = places[index];
    return place === undefined ? [] : [{ place, group }];
  });
  return toTiers(placed, shares);
}

function listedGroups(read: Read, { backings, subset }: EdsCluster, tables: DestinationTables): readonly PlacedGroup[] {
  return backings.flatMap((list, tier) =>
    list.flatMap(({ destination, port }) =>
      inSubset(read(tables.endpoints, backingKey(destination, port)) ?? [], subset).map((group) => ({ place: { tier }, group })),
    ),
  );
}

function mostTiers(cluster: EdsCluster, classes: readonly ListedClass[]): number {
  const counts = classes.map((client) => new Set(rank(cluster, classes, client).places.flatMap((place) => place?.tier ?? [])).size);
  return Math.max(1, ...counts);
}

