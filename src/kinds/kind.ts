/** What Lifeboat does with the resources of one kind, apart from the model that is made of them. */
import type { Diagnostic } from '../api/diagnostic.js';
import type { ResourceRef } from '../api/resource.js';
import type { Graph, Read, Table } from '../graph/index.js';
import type { FindingsOf } from '../mesh/model/finding.js';
import type { TargetKey } from '../mesh/model/target-key.js';
import type { MeshInputs, MeshModel } from '../mesh/tables.js';
import type { Status } from '../status/approval.js';
import type { StatusSubject } from '../status/subject.js';
import type { InputRow } from './input-row.js';

export interface Kind {
  /** Where a resource of this kind is in the model. `undefined`: nothing depends on the kind, its resources are listed only. */
  readonly input: ((inputs: MeshInputs, ref: ResourceRef) => InputRow) | undefined;
  /** What the model finds about a resource of this kind. */
  readonly findings: (read: Read, model: MeshModel, ref: ResourceRef) => readonly Diagnostic[];
  /** The destinations whose Envoy configuration contains the resource. Absent: none does. */
  readonly targets?: (read: Read, model: MeshModel, ref: ResourceRef) => readonly TargetKey[];
  readonly status: (graph: Graph, model: MeshModel, subject: StatusSubject) => Status;
  /** Whether Envoy's messages contain values of these resources. A NACK is attributed to resources of such kinds only. */
  readonly isInMessages: boolean;
}

/** The findings of several tables and functions about one resource, in their order. */
export function collect<K extends string>(
  read: Read,
  key: NoInfer<K>,
  sources: readonly (Table<K, readonly Diagnostic[]> | FindingsOf<K>)[],
): readonly Diagnostic[] {
  return sources.flatMap((source) => (typeof source === 'function' ? source(read, key) : (read(source, key) ?? [])));
}
