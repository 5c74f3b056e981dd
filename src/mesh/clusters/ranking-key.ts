/** Keys of rankings, and of the tiers that follow from a ranking. */
import { type Key, pairCodec } from '../../graph/index.js';
import type { ClusterKey } from '../model/cluster-key.js';
import type { ClientKey } from './client-key.js';

/** A cluster and a client. */
export type RankingKey = Key<'ranking'>;

const RANKING = pairCodec<RankingKey, ClusterKey, ClientKey>();

export const rankingKey = RANKING.format;
export const parseRankingKey = RANKING.parse;

/** A cluster with endpoints, and the text of its ranking. */
export type TiersKey = Key<'tiers'>;

const TIERS = pairCodec<TiersKey, ClusterKey, string>();

export const tiersKey = TIERS.format;
export const parseTiersKey = TIERS.parse;
