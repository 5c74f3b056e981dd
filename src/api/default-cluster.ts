/**
 * The cluster of a resource that names none, where a source knows it: `kubectl get -o yaml` prints the resources of a cluster
 * without its name. Knows, of each kind that has a cluster, the field that names it; references to others are left alone.
 */
import type { KindName } from './kinds.js';
import { clusterAnnotation } from './resource.js';

type Mapping = Readonly<Record<string, unknown>>;

/** Where a Mesh can be installed, by the name of its type. */
const MESH_TYPES = ['istio', 'linkerd', 'consulConnect', 'osm'];

/** The document with the name of its cluster, or the same where it has one already or its kind has none. */
export function withCluster(kind: KindName, document: Mapping, cluster: string): Mapping {
  switch (kind) {
    case 'Service':
    case 'EndpointSlice':
    case 'Node':
    case 'Pod':
    case 'Namespace':
      return setIn(document, ['metadata', 'annotations', clusterAnnotation], cluster);
    case 'Destination':
      return has(document, ['spec', 'kubeService']) ? setIn(document, ['spec', 'kubeService', 'ref', 'clusterName'], cluster) : document;
    case 'Workload':
      return has(document, ['spec', 'kubernetes'])
        ? setIn(document, ['spec', 'kubernetes', 'controller', 'clusterName'], cluster)
        : document;
    case 'Mesh': {
      const type = MESH_TYPES.find((name) => has(document, ['spec', name]));
      return type === undefined ? document : setIn(document, ['spec', type, 'installation', 'cluster'], cluster);
    }
    default:
      return document;
  }
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
