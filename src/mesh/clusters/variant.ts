/**
 * The part of a cluster that depends on the client, except for endpoints from EDS, which are in the load assignment. Variants are texts
 * that are parts of keys, so that clients with the same variant share everything computed from it.
 */
import { type Key, type Read, type Table, partsCodec } from '../../graph/index.js';
import { type ClusterKey, memberName } from '../model/cluster-key.js';
import type { Locality } from '../model/model.js';
import { distributesFor } from '../preference/order-rule.js';
import type { ClientKey } from './client-key.js';
import type { RankingTables } from './ranking.js';
import { rankingKey } from './ranking-key.js';
import type { UpstreamCluster } from './upstream-cluster.js';

export interface Variant {
  /** Whether a rule sets the weights of localities. */
  readonly weighted: boolean;
  /** For a cluster with inline endpoints: their ranking. */
  readonly ranking: string;
  /** For an aggregate: the `memberName` of its clusters, in order. */
  readonly members: readonly string[];
}

/** A variant as text, in the format of `formatVariant`. */
export type VariantText = Key<'variant'>;

/** The variant of a cluster that is the same for all clients. */
export const ONLY_VARIANT = '' as VariantText;

type VariantParts = readonly [weighted: 'weighted' | '', ranking: string, members: string, qualifier?: string];

const VARIANT = partsCodec<VariantText, VariantParts>(4);

export function formatVariant({ weighted, ranking, members }: Variant): VariantText {
  if (!weighted && ranking === '' && members.length === 0) return ONLY_VARIANT;
  return VARIANT.format(weighted ? 'weighted' : '', ranking, members.join(','));
}

export function parseVariant(text: VariantText): Variant {
  const [weighted, ranking, members] = VARIANT.parse(text);
  return { weighted: weighted !== '', ranking, members: members === '' ? [] : members.split(',') };
}

/** Adds a qualifier, with which callers distinguish their own variants. `parseVariant` ignores it. */
export function qualifyVariant(text: VariantText, qualifier: string): VariantText {
  const [weighted, ranking, members] = VARIANT.parse(text);
  return VARIANT.format(weighted, ranking, members, qualifier);
}

/** Empty for none. */
export function qualifierOf(text: VariantText): string {
  return VARIANT.parse(text)[3];
}

export interface VariantTables extends Pick<RankingTables, 'rankings' | 'layouts'> {
  readonly clusters: Table<ClusterKey, UpstreamCluster>;
}

/** The key of a client for rankings, and its locality. */
export interface VariantClient {
  readonly key: ClientKey;
  readonly locality: Locality;
}

/** The variant of a cluster for a client, in the format of `formatVariant`. */
export function variantFor(
  read: Read,
  { clusters, rankings, layouts }: VariantTables,
  cluster: ClusterKey,
  { key, locality }: VariantClient,
): VariantText {
  const upstream = read(clusters, cluster);
  if (upstream === undefined) return ONLY_VARIANT;
  const ofClient = rankingKey(cluster, key);
  if (upstream.type === 'AGGREGATE') {
    const members = (read(layouts, ofClient) ?? []).map(({ member, run }) => memberName(member, run));
    return formatVariant({ weighted: false, ranking: '', members });
  }
  const ranking = upstream.type === 'STRICT_DNS' ? (read(rankings, ofClient) ?? '') : '';
  return formatVariant({ weighted: distributesFor(upstream.rule, locality), ranking, members: [] });
}
