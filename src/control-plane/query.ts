/** Which resources a query means, with kubectl's leniency about kinds. */
import type { ResourceRef } from '../api/resource.js';
import type { ResourceQuery } from './api.js';

export function matches(ref: ResourceRef, { kind, namespace, name }: ResourceQuery): boolean {
  return (
    (kind === undefined || isKind(ref.kind.toLowerCase(), kind.toLowerCase())) &&
    (namespace === undefined || namespace === ref.namespace) &&
    (name === undefined || name === ref.name)
  );
}

/** `failoverpolicies`, `failoverservices`, `meshes`; an alias names the kind it stands for. */
function isKind(kind: string, asked: string): boolean {
  const plurals = [kind, `${kind}s`, `${kind}es`, kind.replace(/y$/, 'ies')];
  return plurals.includes(asked) || (kind === 'destination' && /^traffictargets?$/.test(asked));
}
