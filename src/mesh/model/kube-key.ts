/** Keys of Kubernetes objects, which exist in each cluster separately. */
import { type Key, partsCodec } from '../../graph/index.js';

/** The key of a Service, and of the Endpoints object of the same name. */
export type ServiceKey = Key<'Service'>;
export type EndpointSliceKey = Key<'EndpointSlice'>;
export type NodeKey = Key<'Node'>;
export type PodKey = Key<'Pod'>;
export type NamespaceKey = Key<'Namespace'>;

/** The name of an object in a cluster. An absent or empty cluster is unknown. */
export interface KubeRef {
  readonly name: string;
  readonly namespace: string;
  readonly cluster?: string;
}

type KubeParts = readonly [name: string, namespace: string, cluster: string];

type KeyOf<Ref, K> = (ref: Ref) => K;

/** Keys of objects with a namespace. */
function namespaced<K extends Key<string>>(): KeyOf<KubeRef, K> {
  const { format } = partsCodec<K, KubeParts>(3);
  return ({ name, namespace, cluster = '' }) => format(name, namespace, cluster);
}

/** Keys of objects without a namespace. */
function clusterScoped<K extends Key<string>>(): KeyOf<Omit<KubeRef, 'namespace'>, K> {
  const { format } = partsCodec<K, KubeParts>(3);
  return ({ name, cluster = '' }) => format(name, '', cluster);
}

export const serviceKey = namespaced<ServiceKey>();
export const endpointSliceKey = namespaced<EndpointSliceKey>();
export const podKey = namespaced<PodKey>();
export const nodeKey = clusterScoped<NodeKey>();
export const namespaceKey = clusterScoped<NamespaceKey>();
