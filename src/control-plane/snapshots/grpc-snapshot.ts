/** The clusters that a gRPC client asks for after it got its listeners. */
import type { EncodedMessage } from '../../envoy/rows/encoded-message.js';
import { decodeEnvoyMessage } from '../../proto/envoy-types.js';
import { resourceTypes } from '../views/resource-types.js';

/** The clusters that the listeners refer to, and the members of aggregates. `ask`: returns the clusters with these names. */
export function* clustersFor(
  listeners: readonly EncodedMessage[],
  ask: (names: readonly string[]) => Generator<void, readonly EncodedMessage[]>,
): Generator<void, readonly EncodedMessage[]> {
  const named = yield* ask([...new Set(listeners.flatMap(({ clusters = [] }) => clusters))]);
  const known = new Set(named.map(({ name }) => name));
  const members = [...new Set(named.flatMap(({ bytes }) => membersOf(bytes)))].filter((name) => !known.has(name));
  return [...named, ...(yield* ask(members))];
}

/** The names of an aggregate's members. Empty for other clusters. */
export function membersOf(cluster: Uint8Array): readonly string[] {
  const members = decodeEnvoyMessage(resourceTypes.cluster, cluster).clusterType?.typedConfig?.['clusters'];
  return Array.isArray(members) ? (members as readonly string[]) : [];
}
