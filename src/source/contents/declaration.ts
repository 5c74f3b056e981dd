/** The declaration of a resource by a file, and which one counts if several files declare the same resource. */
import { isOfEveryCluster } from '../../api/kinds.js';
import { type Position, type ResourceRef, CLUSTER_ANNOTATION, compareText } from '../../api/resource.js';
import type { FileContent } from './last-good-content.js';
import type { FoundResource } from '../documents/document.js';
import type { FileFinding } from '../yaml/finding.js';
import type { FieldLocator, Location } from './locator.js';

export interface Declaration extends Location {
  readonly resource: FoundResource;
  /** Index of the resource in its file, from 0. */
  readonly order: number;
  /** Whether the file no longer declares the resource, and only an error in the file keeps it in force. */
  readonly kept: boolean;
}

export function declarationsOf(file: string, { resources, kept }: FileContent): readonly Declaration[] {
  return [...resources, ...kept].map(({ resource, documentText }, order) => ({
    file,
    documentText,
    within: resource.within,
    resource,
    order,
    kept: order >= resources.length,
  }));
}

/** Orders declarations that a file contains before those that are only kept, then by path, then by order in the file. */
export function byDeclarationOrder(a: Declaration, b: Declaration): number {
  return Number(a.kept) - Number(b.kept) || compareText(a.file, b.file) || a.order - b.order;
}

/** Exports of two clusters often contain the same names. */
function clusterHint({ kind, cluster }: ResourceRef): string {
  if (cluster !== undefined || !isOfEveryCluster(kind)) return '';
  const annotation = `metadata.annotations["${CLUSTER_ANNOTATION}"]`;
  return ` If they come from different clusters, name the cluster of each: with --config NAME=PATH for a file or directory, or in ${annotation}.`;
}

/** A finding for each declaration except the first, which takes effect. Kept declarations have none. */
export function duplicateFindings(
  locator: FieldLocator,
  [winner, ...others]: readonly Declaration[],
): readonly FileFinding[] {
  const shown = others.filter(({ kept }) => !kept);
  if (winner === undefined || shown.length === 0) return [];
  const first = locator.position(winner, []);
  return shown.map((declaration) =>
    duplicateFinding(declaration.resource.ref, locator.position(declaration, []), first),
  );
}

/** `at`: where the resource is declared once more. `first`: where the declaration is that takes effect. */
export function duplicateFinding(ref: ResourceRef, at: Position, first: Position): FileFinding {
  const message =
    `${ref.kind} ${ref.namespace}/${ref.name} is already defined at ${first.file}:${first.line}. ` +
    `That one stays in force, and this one is ignored.${clusterHint(ref)}`;
  return { ...at, severity: 'error', code: 'DuplicateResource', message, ref, path: [] };
}
