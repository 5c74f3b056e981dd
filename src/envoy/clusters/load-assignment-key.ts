/** Keys of load assignments. */
import { type Key, pairCodec } from '../../graph/index.js';
import type { ClientKey } from '../../mesh/clusters/client-key.js';

/** The name of a cluster, and the client as `rankingScope` formats it. */
export type LoadAssignmentKey = Key<'load assignment'>;

/** The client comes first, because a client may ask for any text as a name. */
const LOAD_ASSIGNMENT = pairCodec<LoadAssignmentKey, ClientKey, string>();

export function loadAssignmentKey(name: string, client: ClientKey): LoadAssignmentKey {
  return LOAD_ASSIGNMENT.format(client, name);
}

export function parseLoadAssignment(key: LoadAssignmentKey): readonly [name: string, client: ClientKey] {
  const [client, name] = LOAD_ASSIGNMENT.parse(key);
  return [name, client];
}
