/** The key of an encoded cluster: a cluster for a client, in the variant for the client's connections. */
import type { Key } from '../../graph/index.js';
import type { ClusterKey } from '../../mesh/model/cluster-key.js';
import { type Variant, parseVariant, qualifierOf, qualifyVariant } from '../../mesh/clusters/variant.js';
import { type OfferedKey, offeredCluster, parseOffered } from '../../mesh/offers/visibility-key.js';
import { DEFAULT_USER_TIMEOUT_MS } from '../fields/upstream-connection.js';

/** A cluster for a client, and the timeout of the client's connections if it is not the default. */
export type EncodedClusterKey = Key<'encoded cluster'>;

export function encodedClusterKey(offered: OfferedKey, userTimeoutMs: number): EncodedClusterKey {
  const isDefault = userTimeoutMs === DEFAULT_USER_TIMEOUT_MS;
  return (isDefault ? offered : qualified(offered, String(userTimeoutMs))) as string as EncodedClusterKey;
}

function qualified(offered: OfferedKey, qualifier: string): OfferedKey {
  const [cluster, variant] = parseOffered(offered);
  return offeredCluster(cluster, qualifyVariant(variant, qualifier));
}

/** The inverse of the above: the cluster of the model, and its variant. */
export function parseEncodedCluster(key: EncodedClusterKey): {
  readonly of: ClusterKey;
  readonly variant: Variant;
  readonly userTimeoutMs: number;
} {
  const [of, variant] = parseOffered(key as string as OfferedKey);
  const timeout = qualifierOf(variant);
  return {
    of,
    variant: parseVariant(variant),
    userTimeoutMs: timeout === '' ? DEFAULT_USER_TIMEOUT_MS : Number(timeout),
  };
}
