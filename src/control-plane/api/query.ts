/** Which resources a query means, with kubectl's leniency about kinds. */
import { findKind, wordsFor } from '../../api/kinds.js';
import type { ResourceRef } from '../../api/resource.js';
import type { ResourceQuery } from './api.js';

/** A kind that is none of those that are read names the resources that say they are of it. */
export function matches(ref: ResourceRef, { kind, namespace, name }: ResourceQuery): boolean {
  return (
    (kind === undefined || isKind(ref.kind, kind)) &&
    (namespace === undefined || namespace === ref.namespace) &&
    (name === undefined || name === ref.name)
  );
}

function isKind(kind: string, asked: string): boolean {
  const found = findKind(asked);
  return found === undefined ? wordsFor(kind).includes(asked.toLowerCase()) : found === kind;
}
