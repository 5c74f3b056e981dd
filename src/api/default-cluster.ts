/**
 * Sets the cluster of resources that do not name one, if the source knows it. For example, `kubectl get -o yaml` prints resources without
 * the name of their cluster. Sets only the field that names the resource's own cluster. References to other objects do not change.
 */
import type { KindName } from './kinds.js';
import { CLUSTER_ANNOTATION } from './resource.js';

type Mapping = Readonly<Record<string, unknown>>;

/** The field that names the cluster of a document. It applies only to documents that contain `under`. `field` is relative to `under`. */
interface ClusterField {
  readonly under: readonly string[];
  readonly field: readonly string[];
}

const ANNOTATION: ClusterField = { under: [], field: ['metadata', 'annotations', CLUSTER_ANNOTATION] };

/** By kind. A Mesh has one field for each type of mesh. */
const CLUSTER_FIELDS: Readonly<Partial<Record<KindName, readonly ClusterField[]>>> = {
  Service: [ANNOTATION],
  EndpointSlice: [ANNOTATION],
  Node: [ANNOTATION],
  Pod: [ANNOTATION],
  Namespace: [ANNOTATION],
  Destination: [{ under: ['spec', 'kubeService'], field: ['ref', 'clusterName'] }],
  Workload: [{ under: ['spec', 'kubernetes'], field: ['controller', 'clusterName'] }],
  Mesh: ['istio', 'linkerd', 'consulConnect', 'osm'].map((type) => ({
    under: ['spec', type],
    field: ['installation', 'cluster'],
  })),
};

/** Sets the name of the cluster. Returns the same document if it already names a cluster, or if its kind has no such field. */
export function withCluster(kind: KindName, document: Mapping, cluster: string): Mapping {
  const place = CLUSTER_FIELDS[kind]?.find(({ under }) => has(document, under));
  return place === undefined ? document : setIn(document, [...place.under, ...place.field], cluster);
}

function has(value: unknown, path: readonly string[]): boolean {
  const [key, ...rest] = path;
  return isMapping(value) && (key === undefined || has(value[key], rest));
}

/** Returns a copy with the text at the path. Returns the mapping itself if there is a text already, or if a parent is not a mapping. */
function setIn(mapping: Mapping, [key = '', ...rest]: readonly string[], text: string): Mapping {
  const before = mapping[key];
  const isAbsent = before === undefined || before === null || before === '';
  if (rest.length === 0) return isAbsent ? Object.freeze({ ...mapping, [key]: text }) : mapping;
  if (!isAbsent && !isMapping(before)) return mapping;
  const inside = isMapping(before) ? before : {};
  const after = setIn(inside, rest, text);
  return after === inside ? mapping : Object.freeze({ ...mapping, [key]: after });
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
