/** Keys of what every cluster has of its own: Kubernetes' resources. */
import { type Key, partsCodec } from '../../graph/index.js';

/** Of a Service, and of the Endpoints object that has its name. */
export type ServiceKey = Key<'Service'>;
export type EndpointSliceKey = Key<'EndpointSlice'>;
export type NodeKey = Key<'Node'>;
export type PodKey = Key<'Pod'>;
export type NamespaceKey = Key<'Namespace'>;

/** What has a name in a cluster. The cluster may be absent or empty: then it is not known. */
export interface KubeRef {
  readonly name: string;
  readonly namespace: string;
  readonly cluster?: string;
}

type KubeParts = readonly [name: string, namespace: string, cluster: string];

const SERVICE = partsCodec<ServiceKey, KubeParts>(3);
const ENDPOINT_SLICE = partsCodec<EndpointSliceKey, KubeParts>(3);
const NODE = partsCodec<NodeKey, KubeParts>(3);
const POD = partsCodec<PodKey, KubeParts>(3);
const NAMESPACE = partsCodec<NamespaceKey, KubeParts>(3);

export function serviceKey({ name, namespace, cluster }: KubeRef): ServiceKey {
  return SERVICE.format(name, namespace, cluster ?? '');
}

export function endpointSliceKey({ name, namespace, cluster }: KubeRef): EndpointSliceKey {
  return ENDPOINT_SLICE.format(name, namespace, cluster ?? '');
}

/** Nodes are in no namespace. */
export function nodeKey({ name, cluster }: Pick<KubeRef, 'name' | 'cluster'>): NodeKey {
  return NODE.format(name, '', cluster ?? '');
}

export function podKey({ name, namespace, cluster }: KubeRef): PodKey {
  return POD.format(name, namespace, cluster ?? '');
}

/** Namespaces are in no namespace. */
export function namespaceKey({ name, cluster }: Pick<KubeRef, 'name' | 'cluster'>): NamespaceKey {
  return NAMESPACE.format(name, '', cluster ?? '');
}
