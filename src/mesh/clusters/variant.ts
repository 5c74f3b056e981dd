/**
 * What a cluster is to one client beside its row: endpoints that come by EDS are told by their load assignment, everything else is here.
 * Variants are texts, which are parts of keys, so clients for whom a cluster is the same share what is made of it.
 */
import type { Read, Table } from '../../graph/index.js';
import { joinKey, pairKey, splitKey } from '../model/key.js';
import type { Locality } from '../model/model.js';
import { distributesFor } from '../preference/order-rule.js';
import { memberName } from './cluster-key.js';
import type { RankingTables } from './ranking.js';
import type { UpstreamCluster } from './upstream-cluster.js';

export interface Variant {
  /** Whether a rule sets the weights of localities. */
  readonly weighted: boolean;
  /** Of a cluster that has its endpoints in itself: their ranking. */
  readonly ranking: string;
  /** Of an aggregate: `memberName` of its clusters, in their order. */
  readonly members: readonly string[];
}

/** What `parseVariant` reads. Empty for a cluster that is the same for all clients. */
export function formatVariant({ weighted, ranking, members }: Variant): string {
  const text = joinKey(weighted ? 'weighted' : '', ranking, members.join(','));
  return text === joinKey('', '', '') ? '' : text;
}

export function parseVariant(text: string): Variant {
  const [weighted, ranking, members] = splitKey(text);
  return { weighted: weighted !== '', ranking, members: members === '' ? [] : members.split(',') };
}

export interface VariantTables extends Pick<RankingTables, 'rankings' | 'layouts'> {
  readonly clusters: Table<string, UpstreamCluster>;
}

/** A client as rankings know it, and its locality. */
export interface VariantClient {
  readonly key: string;
  readonly locality: Locality;
}

/** The variant of a cluster for a client, as `formatVariant` writes it. `cluster` is the cluster's key. */
export function variantFor(
  read: Read,
  { clusters, rankings, layouts }: VariantTables,
  cluster: string,
  { key, locality }: VariantClient,
): string {
  const upstream = read(clusters, cluster);
  if (upstream === undefined) return '';
  const ofClient = pairKey(cluster, key);
  if (upstream.type === 'AGGREGATE') {
    const members = (read(layouts, ofClient) ?? []).map(({ member, run }) => memberName(member, run));
    return formatVariant({ weighted: false, ranking: '', members });
  }
  const ranking = upstream.type === 'STRICT_DNS' ? (read(rankings, ofClient) ?? '') : '';
  return formatVariant({ weighted: distributesFor(upstream.rule, locality), ranking, members: [] });
}
