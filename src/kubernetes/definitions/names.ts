/** The names of custom resources on an API server. */
import type { KindDescription } from '../../generated/resources.js';

/** The kinds of one group that are not Kubernetes' own, with their versions: what one CustomResourceDefinition describes. */
export interface CustomKind extends KindDescription {
  readonly group: string;
  /** The oldest first. */
  readonly versions: readonly string[];
}

/** Groups that Kubernetes serves itself. https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris */
function isOwn(group: string): boolean {
  return group === '' || group.endsWith('.k8s.io');
}

/** A kind in each of its groups, under its name and under its other names. */
export function customKindsOf(kind: KindDescription): readonly CustomKind[] {
  return [kind.kind, ...kind.aliases].flatMap((name) => inGroups({ ...kind, kind: name }));
}

function inGroups(kind: KindDescription): readonly CustomKind[] {
  const versions = new Map<string, string[]>();
  for (const apiVersion of kind.apiVersions) {
    const [version = '', group = ''] = apiVersion.split('/').reverse();
    if (!isOwn(group)) versions.set(group, [...(versions.get(group) ?? []), version]);
  }
  return [...versions].map(([group, ofGroup]) => ({ ...kind, group, versions: ofGroup }));
}
