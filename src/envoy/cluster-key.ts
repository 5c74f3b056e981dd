/** Which row of clusters a client gets: what it is offered, in the variant for its connections. */
import { joinKey, splitKey, splitPair } from '../mesh/model/key.js';
import type { ClusterVariant } from './cluster.js';
import { defaultUserTimeoutMs } from './upstream-connection.js';

/** @param offered an `offeredCluster` key, which is the key itself for all clients with the default timeout. */
export function clusterKey(offered: string, userTimeoutMs: number): string {
  return userTimeoutMs === defaultUserTimeoutMs ? offered : joinKey(offered, String(userTimeoutMs));
}

/** The inverse: the key of the model's cluster, and the variant of it. */
export function parseClusterKey(key: string): { readonly of: string; readonly variant: ClusterVariant } {
  const [of, rest] = splitPair(key);
  const [weighted, timeout] = splitKey(rest);
  return { of, variant: { weighted: weighted !== '', userTimeoutMs: timeout === '' ? defaultUserTimeoutMs : Number(timeout) } };
}
