/** Objects of a small Kubernetes cluster: services, their endpoints, nodes and pods. */
import type { Resource } from '../api/resource.js';
import type { EndpointSlice, NodeSpec, PodSpec, ServicePort, ServiceSpec } from '../generated/resources.js';

type Labels = Readonly<Record<string, string>>;
type KubeEndpoint = NonNullable<EndpointSlice['endpoints']>[number];

/** The namespace of all objects. */
export const KUBE_NAMESPACE = 'shop';

export function kubeResource<Spec>(
  kind: string,
  name: string,
  cluster: string,
  spec: Spec,
  labels: Labels = {},
): Resource<Spec> {
  const namespace = kind === 'Node' ? '' : KUBE_NAMESPACE;
  const ref = { kind, namespace, name, ...(cluster !== '' && { cluster }) };
  return { ref, apiVersion: 'v1', labels, annotations: {}, generation: 1, arrival: 1, spec };
}

export interface KubeServiceOptions extends Omit<ServiceSpec, 'ports'> {
  readonly ports?: readonly ServicePort[];
  readonly labels?: Labels;
}

export function kubeService(name: string, cluster: string, options: KubeServiceOptions = {}): Resource<ServiceSpec> {
  const { labels = { app: name }, ports = [{ name: 'http', port: 80 }], ...spec } = options;
  return kubeResource('Service', name, cluster, { ...spec, ports }, labels);
}

export interface SliceOptions extends Omit<EndpointSlice, 'endpoints'> {
  /** The name of the service. Default: the slice's name up to its last dash. */
  readonly service?: string;
}

/** `endpoints`: addresses, or whole endpoints. */
export function endpointSlice(
  name: string,
  cluster: string,
  endpoints: readonly (string | KubeEndpoint)[],
  { service = name.slice(0, name.lastIndexOf('-')), ...options }: SliceOptions = {},
): Resource<EndpointSlice> {
  const spec: EndpointSlice = {
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080 }],
    endpoints: endpoints.map((endpoint) => (typeof endpoint === 'string' ? { addresses: [endpoint] } : endpoint)),
    ...options,
  };
  return kubeResource('EndpointSlice', name, cluster, spec, { 'kubernetes.io/service-name': service });
}

/** `place`: `region/zone/subZone`, without unknown parts. */
export function node(name: string, cluster: string, place: string): Resource<NodeSpec> {
  const [region = '', zone = '', subZone = ''] = place.split('/');
  return kubeResource(
    'Node',
    name,
    cluster,
    {},
    {
      'topology.kubernetes.io/region': region,
      'topology.kubernetes.io/zone': zone,
      'topology.istio.io/subzone': subZone,
    },
  );
}

export function pod(name: string, cluster: string, labels: Labels, nodeName?: string): Resource<PodSpec> {
  return kubeResource('Pod', name, cluster, { ...(nodeName !== undefined && { nodeName }) }, labels);
}
