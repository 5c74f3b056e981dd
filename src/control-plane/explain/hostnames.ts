/** The failover hostnames, for hosts files. */
import { compareText } from '../../api/resource.js';
import type { AddressQuery, HostnameAddress } from '../api/api.js';
import type { Core } from '../inputs/core.js';
import { type MeshKey, NO_MESH } from '../../mesh/model/object-key.js';

export function servedHostnames({ graph, model }: Core): readonly string[] {
  const names = graph
    .keys(model.failovers.failovers)
    .flatMap((key) => graph.read(model.failovers.failovers, key)?.hosts ?? []);
  return [...new Set(names)].sort();
}

/** The hostnames that the client's mesh sees. All if its mesh is unknown: two meshes may have the same hostname for different destinations. */
export function hostnameAddressesOf(
  { graph, model }: Core,
  { cluster = '', mesh = '' }: AddressQuery,
): readonly HostnameAddress[] {
  const own = mesh !== '' ? (mesh as MeshKey) : (graph.read(model.meshes.byCluster, cluster)?.[0] ?? NO_MESH);
  const found = new Map<string, HostnameAddress>();
  for (const key of [...graph.keys(model.failovers.failovers)].sort()) {
    const failover = graph.read(model.failovers.failovers, key);
    const address = graph.read(model.failovers.addresses, key);
    if (
      failover === undefined ||
      address === undefined ||
      (own !== NO_MESH && failover.meshes?.includes(own) === false)
    )
      continue;
    for (const hostname of failover.hosts) if (!found.has(hostname)) found.set(hostname, { hostname, address });
  }
  return [...found.values()].sort((a, b) => compareText(a.hostname, b.hostname));
}
