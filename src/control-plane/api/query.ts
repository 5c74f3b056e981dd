/** Whether a resource matches a query. Kinds are compared as kubectl does. */
import { findKind, wordsFor } from '../../api/kinds.js';
import type { ResourceRef } from '../../api/resource.js';
import type { ResourceQuery } from './api.js';

/** An unknown kind matches resources whose documents have exactly this kind. */
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
