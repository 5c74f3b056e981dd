/** The kinds that are watched in Kubernetes, and the versions in which they can be read. Must not know what an API server serves. */
import { type KindName, knownKinds, pluralOf } from '../../api/kinds.js';

/** The objects of a kind in one API group. */
export interface WatchedKind {
  readonly kind: KindName;
  /** Empty for the core group. */
  readonly group: string;
  /** Those that Lifeboat reads, the preferred one first. */
  readonly versions: readonly string[];
  /** `endpointslices` */
  readonly plural: string;
  readonly isClusterScoped: boolean;
  /** Whether every cluster has its own objects. Otherwise, they are read from the management cluster only. */
  readonly isOfEveryCluster: boolean;
  /** Whether only the metadata is needed. */
  readonly isMetadataOnly: boolean;
}

/** Of Pods and Nodes, only the labels are used. */
const METADATA_ONLY: ReadonlySet<KindName> = new Set<KindName>(['Pod', 'Node', 'Namespace']);

/** Kubernetes mirrors them as EndpointSlices. https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#endpointslice-mirroring */
const MIRRORED: ReadonlySet<KindName> = new Set<KindName>(['Endpoints']);

/** One entry for each kind and group. */
export const WATCHED_KINDS: readonly WatchedKind[] = knownKinds
  .filter(({ kind }) => !MIRRORED.has(kind))
  .flatMap(({ kind, apiVersions, clusterScoped, everyCluster }) => {
    const parts = apiVersions.map(partsOf);
    return [...new Set(parts.map(({ group }) => group))].map((group) => ({
      kind,
      group,
      versions: parts.flatMap((part) => (part.group === group ? part.version : [])).reverse(),
      plural: pluralOf(kind),
      isClusterScoped: clusterScoped,
      isOfEveryCluster: everyCluster,
      isMetadataOnly: METADATA_ONLY.has(kind),
    }));
  });

function partsOf(apiVersion: string): { readonly group: string; readonly version: string } {
  const slash = apiVersion.indexOf('/');
  return { group: apiVersion.slice(0, Math.max(0, slash)), version: apiVersion.slice(slash + 1) };
}

/** `/api/v1`, `/apis/discovery.k8s.io/v1`. */
export function versionPath({ group }: Pick<WatchedKind, 'group'>, version: string): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}

/** `v1`, `discovery.k8s.io/v1`. */
export function apiVersionOf({ group }: Pick<WatchedKind, 'group'>, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}
