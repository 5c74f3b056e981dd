/**
 * The cluster of a resource that names none, where a source knows it: `kubectl get -o yaml` prints the resources of a cluster
 * without its name. Knows, of each kind that has a cluster, the field that names it; references to others are left alone.
 */
import type { KindName } from './kinds.js';
import { CLUSTER_ANNOTATION } from './resource.js';

type Mapping = Readonly<Record<string, unknown>>;

/** A field that names the cluster, and what must be there for the resource to have one. */
interface ClusterField {
  readonly under: readonly string[];
  readonly field: readonly string[];
}

const ANNOTATION: ClusterField = { under: [], field: ['metadata', 'annotations', CLUSTER_ANNOTATION] };

/** By kind; a Mesh has one for each type that it may be of. */
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

/** The document with the name of its cluster, or the same where it has one already or its kind has none. */
export function withCluster(kind: KindName, document: Mapping, cluster: string): Mapping {
  const place = CLUSTER_FIELDS[kind]?.find(({ under }) => has(document, under));
  return place === undefined ? document : setIn(document, [...place.under, ...place.field], cluster);
}

function has(value: unknown, path: readonly string[]): boolean {
  const [key, ...rest] = path;
  return isMapping(value) && (key === undefined || has(value[key], rest));
}

/** A copy with a text at a path, unless there is one, or something on the way that is no mapping. */
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
