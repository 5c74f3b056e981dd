/** Which row of clusters a client gets: what it is offered, in the variant for its connections. */
import { parseVariant, type Variant } from '../mesh/clusters/variant.js';
import { joinKey, pairKey, splitKey, splitPair } from '../mesh/model/key.js';
import { DEFAULT_USER_TIMEOUT_MS } from './upstream-connection.js';

/** @param offered an `offeredCluster` key, which is the key itself for all clients with the default timeout. */
export function clusterKey(offered: string, userTimeoutMs: number): string {
  if (userTimeoutMs === DEFAULT_USER_TIMEOUT_MS) return offered;
  const [of, variant] = splitPair(offered);
  const [weighted, ranking, members] = splitKey(variant);
  return pairKey(of, joinKey(weighted, ranking, members, String(userTimeoutMs)));
}

/** The inverse: the key of the model's cluster, and the variant of it. */
export function parseClusterKey(key: string): {
  readonly of: string;
  readonly variant: Variant;
  readonly userTimeoutMs: number;
} {
  const [of, variant] = splitPair(key);
  const timeout = splitKey(variant)[3];
  return {
    of,
    variant: parseVariant(variant),
    userTimeoutMs: timeout === '' ? DEFAULT_USER_TIMEOUT_MS : Number(timeout),
  };
}
