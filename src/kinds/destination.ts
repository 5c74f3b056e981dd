import type { Diagnostic } from '../api/diagnostic.js';
import type { Read } from '../graph/index.js';
import { type DestinationKey, destinationKey } from '../mesh/model/object-key.js';
import type { MeshModel } from '../mesh/tables.js';
import { plainStatus } from '../status/plain.js';
import { inputRowOf } from './input-row.js';
import { type Kind, collect } from './kind.js';

export const destination: Kind = {
  input: ({ destinations }, ref) => inputRowOf(destinations, destinationKey(ref)),
  findings: (read, model, ref) => {
    const key = destinationKey(ref);
    return [...(read(model.destinations.findings, key) ?? []), ...reachabilityFindings(read, model, key)];
  },
  status: plainStatus,
  isInMessages: true,
};

/** The ports and hosts of a destination that clients cannot reach. */
export function reachabilityFindings(
  read: Read,
  { portFindings, hostFindings }: MeshModel,
  key: DestinationKey,
): readonly Diagnostic[] {
  return collect(read, key, [portFindings, hostFindings]);
}
