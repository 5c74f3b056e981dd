/** What a cluster's message says to one client, read from the rows of the model. */
import type { Read } from '../graph/index.js';
import { memberCluster, parseMemberName } from '../mesh/clusters/cluster-key.js';
import type { ClusterTables } from '../mesh/clusters/clusters.js';
import type { Variant } from '../mesh/clusters/variant.js';
import { pairKey } from '../mesh/model/key.js';
import type { ClusterContent } from './cluster.js';

/** `key` is the cluster's, `variant` what `variantFor` gave. */
export function contentOf(
  read: Read,
  { clusters, tiers }: ClusterTables,
  key: string,
  { weighted, ranking, members }: Variant,
): Omit<ClusterContent, 'userTimeoutMs'> {
  const names = members.flatMap((text) => {
    const member = parseMemberName(text);
    return (member && read(clusters, memberCluster(key, member.member, member.run))?.name) ?? [];
  });
  const hasEndpoints = read(clusters, key)?.type === 'STRICT_DNS';
  return { weighted, clusters: names, tiers: hasEndpoints ? (read(tiers, pairKey(key, ranking))?.tiers ?? []) : [] };
}
