/** A file's claim to a resource, and who wins where several files claim the same one. */
import { isOfEveryCluster } from '../api/kinds.js';
import { type ResourceRef, CLUSTER_ANNOTATION, compareText } from '../api/resource.js';
import type { FileContent } from './content.js';
import type { FoundResource } from './yaml/document.js';
import type { FileFinding } from './yaml/finding.js';
import type { Locator, Standing } from './locator.js';

export interface Claim extends Standing {
  readonly resource: FoundResource;
  /** Counts the resources of the file. */
  readonly order: number;
  /** Whether the file does not show the resource any more and only a mistake in it lets it stand. */
  readonly kept: boolean;
}

export function claimsOf(file: string, { resources, kept }: FileContent): readonly Claim[] {
  return [...resources, ...kept].map(({ resource, slice }, order) => ({
    file,
    slice,
    within: resource.within,
    resource,
    order,
    kept: order >= resources.length,
  }));
}

/** What a file shows comes before what another only keeps; then the first by path, then by order in the file. */
export function byPrecedence(a: Claim, b: Claim): number {
  return Number(a.kept) - Number(b.kept) || compareText(a.file, b.file) || a.order - b.order;
}

/** Dumps of two clusters have the same names. */
function clusterHint({ kind, cluster }: ResourceRef): string {
  if (cluster !== undefined || !isOfEveryCluster(kind)) return '';
  const annotation = `metadata.annotations["${CLUSTER_ANNOTATION}"]`;
  return ` If the two come from different clusters, name these: with --config NAME=PATH for a file or directory, or in ${annotation}.`;
}

/** What to say about all claims but the first, which wins. Nobody is told about what is merely kept. */
export function duplicateFindings(locator: Locator, [winner, ...others]: readonly Claim[]): readonly FileFinding[] {
  const shown = others.filter(({ kept }) => !kept);
  if (winner === undefined || shown.length === 0) return [];
  const first = locator.position(winner, []);
  return shown.map((claim) => {
    const { ref } = claim.resource;
    const message =
      `${ref.kind} ${ref.namespace}/${ref.name} is declared at ${first.file}:${first.line} already; ` +
      `that one stays in force and this one is ignored.${clusterHint(ref)}`;
    return { ...locator.position(claim, []), severity: 'error', code: 'DuplicateResource', message, ref, path: [] };
  });
}
