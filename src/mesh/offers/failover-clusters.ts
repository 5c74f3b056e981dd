/** The clusters of failover destinations that a client gets. Envoy reports the requests to them by priority. */
import type { Graph, Table } from '../../graph/index.js';
import type { ClusterTables } from '../clusters/clusters.js';
import { parseVariant } from '../clusters/variant.js';
import type { VisibilityTables } from './visibility.js';
import { type ClusterKey, memberCluster, parseCluster, parseMemberName } from '../model/cluster-key.js';
import { type OfferKey, parseOffered } from './visibility-key.js';

export interface FailoverCluster {
  readonly name: string;
  /** The clusters that report its requests: itself, or the members of an aggregate, in the order in which the client uses them. */
  readonly counted: readonly CountedCluster[];
}

/** A cluster whose priorities are tiers of the failover destination. */
export interface CountedCluster {
  readonly key: ClusterKey;
  readonly name: string;
}

export interface FailoverClusterTables {
  /** Sorted by key. */
  readonly offered: Table<OfferKey, readonly FailoverCluster[]>;
  /** The names of all clusters that report requests, sorted. */
  readonly counted: Table<OfferKey, readonly string[]>;
}

export function declareFailoverClusters(
  graph: Graph,
  { clusters }: ClusterTables,
  visibility: VisibilityTables,
): FailoverClusterTables {
  const offered = graph.derive<OfferKey, readonly FailoverCluster[]>('offeredFailoverClusters', (read, client) =>
    (read(visibility.clusters, client) ?? []).flatMap((offer) => {
      const [key, variant] = parseOffered(offer);
      const [kind, , , , member] = parseCluster(key);
      const name = kind === 'failover' && member === '' ? read(clusters, key)?.name : undefined;
      if (name === undefined) return [];
      const members = parseVariant(variant).members.flatMap((text) => toKey(key, text));
      const counted =
        members.length === 0
          ? [{ key, name }]
          : members.map((of) => ({ key: of, name: read(clusters, of)?.name ?? '' }));
      return { name, counted };
    }),
  );
  const counted = graph.derive<OfferKey, readonly string[]>('countedClusters', (read, client) =>
    [...new Set((read(offered, client) ?? []).flatMap((cluster) => cluster.counted.map(({ name }) => name)))].sort(),
  );
  return { offered, counted };
}

function toKey(aggregate: ClusterKey, memberText: string): readonly ClusterKey[] {
  const parsed = parseMemberName(memberText);
  return parsed === undefined ? [] : [memberCluster(aggregate, parsed.member, parsed.run)];
}
