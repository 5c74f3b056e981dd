/** The parts of a cluster's message that depend on the client, from the rows of the model. */
import type { Read } from '../../graph/index.js';
import type { ClusterTables } from '../../mesh/clusters/clusters.js';
import type { Variant } from '../../mesh/clusters/variant.js';
import type { ClusterContent } from './cluster.js';
import { type ClusterKey, memberCluster, parseMemberName } from '../../mesh/model/cluster-key.js';
import { tiersKey } from '../../mesh/clusters/ranking-key.js';

export function contentOf(
  read: Read,
  { clusters, tiers }: ClusterTables,
  key: ClusterKey,
  { weighted, ranking, members }: Variant,
): Omit<ClusterContent, 'userTimeoutMs'> {
  const names = members.flatMap((text) => {
    const member = parseMemberName(text);
    return (member && read(clusters, memberCluster(key, member.member, member.run))?.name) ?? [];
  });
  const hasEndpoints = read(clusters, key)?.type === 'STRICT_DNS';
  return { weighted, clusters: names, tiers: hasEndpoints ? (read(tiers, tiersKey(key, ranking))?.tiers ?? []) : [] };
}
