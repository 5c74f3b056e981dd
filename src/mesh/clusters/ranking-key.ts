/** Keys of what a cluster is for a client: its ranking, and the tiers that follow from a ranking. */
import { type Key, pairCodec } from '../../graph/index.js';
import type { ClusterKey } from '../model/cluster-key.js';
import type { ClientKey } from './client-key.js';

/** A cluster as one client sees it. */
export type RankingKey = Key<'ranking'>;

const RANKING = pairCodec<RankingKey, ClusterKey, ClientKey>();

export const rankingKey = RANKING.format;
export const parseRankingKey = RANKING.parse;

/** A cluster with endpoints, and the text of a ranking of them. */
export type TiersKey = Key<'tiers'>;

const TIERS = pairCodec<TiersKey, ClusterKey, string>();

export const tiersKey = TIERS.format;
export const parseTiersKey = TIERS.parse;
