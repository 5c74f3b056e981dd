/** Which row of clusters a client gets: what it is offered, in the variant for its connections. */
import type { Key } from '../../graph/index.js';
import type { ClusterKey } from '../../mesh/model/cluster-key.js';
import { type Variant, parseVariant, qualifierOf, qualifyVariant } from '../../mesh/clusters/variant.js';
import { type OfferedKey, offeredCluster, parseOffered } from '../../mesh/offers/visibility-key.js';
import { DEFAULT_USER_TIMEOUT_MS } from '../fields/upstream-connection.js';

/** An offered cluster and the timeout of the client's connections, which qualifies its variant if it is not the default. */
export type EncodedClusterKey = Key<'encoded cluster'>;

export function encodedClusterKey(offered: OfferedKey, userTimeoutMs: number): EncodedClusterKey {
  const isDefault = userTimeoutMs === DEFAULT_USER_TIMEOUT_MS;
  return (isDefault ? offered : qualified(offered, String(userTimeoutMs))) as string as EncodedClusterKey;
}

function qualified(offered: OfferedKey, qualifier: string): OfferedKey {
  const [cluster, variant] = parseOffered(offered);
  return offeredCluster(cluster, qualifyVariant(variant, qualifier));
}

/** The inverse: the cluster of the model, and the variant of it. */
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
