/**
 * The part of a cluster that depends on the client, except for endpoints from EDS, which are in the load assignment.
 * Variants are texts, which are parts of keys, so clients for whom a cluster is the same share what is made of it.
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
  /** Of a cluster that has its endpoints in itself: their ranking. */
  readonly ranking: string;
  /** Of an aggregate: `memberName` of its clusters, in their order. */
  readonly members: readonly string[];
}

/** What `parseVariant` reads. */
export type VariantText = Key<'variant'>;

/** Of a cluster that is the same for all clients. */
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

/** The variant, with a word by which those who make something of it tell their own variants apart. It does not count here. */
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

/** A client as rankings know it, and its locality. */
export interface VariantClient {
  readonly key: ClientKey;
  readonly locality: Locality;
}

/** The variant of a cluster for a client, as `formatVariant` writes it. */
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
