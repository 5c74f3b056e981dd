/**
 * The data types of the model: frozen plain data, independent of the resources' YAML and of Envoy. In the end, a client gets hostnames
 * with an ordered list of tiers.
 */
import type { ResourceRef } from '../../api/resource.js';
import type { DestinationKey, MeshKey } from './object-key.js';
import type { ObjectRef } from './object-ref.js';

/** A service, by name, namespace and cluster: Gloo Mesh's ClusterObjectRef. */
export interface ServiceRef {
  readonly name: string;
  readonly namespace: string;
  readonly cluster: string;
}

/** Envoy's locality; an unknown part is empty. */
export interface Locality {
  readonly region: string;
  readonly zone: string;
  readonly subZone: string;
}

export type Health = 'HEALTHY' | 'UNHEALTHY' | 'DRAINING';

export interface Endpoint {
  /** An IP address, or a DNS name for an external service. */
  readonly address: string;
  readonly port: number;
  /** Further addresses at the same port, such as that of the other IP family. Absent: none. */
  readonly additionalAddresses?: readonly string[];
  readonly health: Health;
  /** The host header for requests to the endpoint, if it does not know the client's host. Absent: the client's host, or the DNS name. */
  readonly hostname?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The endpoints of one locality. */
export interface EndpointGroup {
  readonly locality: Locality;
  readonly endpoints: readonly Endpoint[];
}

/** The protocol of a port. For `HTTP2` and `GRPC`, Envoy speaks HTTP/2 with the endpoints too. */
export type Protocol = 'HTTP' | 'HTTPS' | 'GRPC' | 'HTTP2' | 'MONGO' | 'TCP' | 'TLS';

export const protocols: readonly Protocol[] = ['HTTP', 'HTTPS', 'GRPC', 'HTTP2', 'MONGO', 'TCP', 'TLS'];

export interface Port {
  readonly number: number;
  readonly name: string;
  readonly protocol: Protocol;
}

/** A discovered service, without its endpoints, because those change far more often. */
export interface Destination {
  /** The key of the Destination object. */
  readonly key: DestinationKey;
  readonly ref: ObjectRef;
  /** Absent for an external service. */
  readonly service?: ServiceRef;
  /** The names and addresses by which clients call an external service. */
  readonly hosts: readonly string[];
  /** The name of an external service in the names of its clusters, if the first host already names clusters of another one. */
  readonly clusterHost?: string;
  /**
   * Hostnames of single endpoints: pods of a headless service, or hosts of an external service without endpoints. The endpoints have the
   * hostname as their label `ENDPOINT_HOST_LABEL`. Absent: none.
   */
  readonly endpointHosts?: readonly string[];
  /** The clients that may call an external service. Absent: all. */
  readonly exportTo?: readonly ExportTo[];
  readonly ports: readonly Port[];
  /** The labels of the service; for an external service those of the Destination object. */
  readonly labels: Readonly<Record<string, string>>;
  /** The key of its Mesh, or `NO_MESH`. */
  readonly mesh: MeshKey;
  /** Whether some of its endpoints are DNS names. */
  readonly named?: true;
  /** IP addresses of the service in its own cluster. Absent if no port needs them. */
  readonly addresses?: readonly string[];
  /** The DNS name of a Kubernetes service of type ExternalName. */
  readonly externalName?: string;
  /** Whether IPv6 takes precedence for endpoints with addresses of both families. */
  readonly prefersIpv6?: true;
  /** Whether endpoints are used although they are not ready. */
  readonly publishesNotReady?: true;
}

/** The label of endpoints that clients can call by a hostname of their own. */
export const ENDPOINT_HOST_LABEL = 'lifeboat.dev/hostname';

/** The clients that can call an external service. An empty list means all clusters or all namespaces. */
export interface ExportTo {
  readonly clusters: readonly string[];
  readonly namespaces: readonly string[];
}

/** Envoy's outlier detection. Durations are in milliseconds. */
export interface OutlierDetection {
  readonly consecutiveErrors: number;
  readonly intervalMs: number;
  readonly baseEjectionTimeMs: number;
  /** In percent of all hosts of the cluster, 0 to 100. */
  readonly maxEjectionPercent: number;
}

/** One port of one destination that receives traffic. */
export interface Backing {
  readonly destination: DestinationKey;
  readonly port: number;
}

/** A port of a failover destination. */
export interface FailoverDestinationPort {
  readonly number: number;
  readonly protocol: Protocol;
  /** Lists of backends in order of preference. Inside a list, a rule may order by locality or labels. */
  readonly backings: readonly (readonly Backing[])[];
}

/** A FailoverService or VirtualDestination in force. */
export interface FailoverDestination {
  readonly ref: ResourceRef;
  readonly labels: Readonly<Record<string, string>>;
  /** All hosts lead to the same endpoints. */
  readonly hosts: readonly string[];
  /** The name of the destination in the names of its clusters: its first host, and its own name if another mesh has the same host. */
  readonly clusterHost: string;
  readonly ports: readonly FailoverDestinationPort[];
  /** The meshes that see it. `undefined`: every client sees it. */
  readonly meshes: readonly MeshKey[] | undefined;
  /** Whether the resource lists its backends in order. Without a policy, nothing else orders them. */
  readonly listed: boolean;
  /** Its own locality mappings. */
  readonly mappings: readonly LocalityMapping[];
  /** The outlier detection that the resource sets itself. */
  readonly outlierDetection?: OutlierDetection;
}

/** A target of a mapping. An empty part of the locality matches any value. */
export interface MappedLocality {
  readonly locality: Locality;
  /** In percent, 1 to 100. */
  readonly weight?: number;
}

/** The localities that clients in `from` prefer. */
export interface LocalityMapping {
  readonly from: Locality;
  readonly to: readonly MappedLocality[];
}

/** `name.namespace.cluster`, for messages. */
export function formatService(service: ServiceRef): string {
  return `${service.name}.${service.namespace}.${service.cluster}`;
}

/** The same at the end of a sentence: without a final dot if the service belongs to no cluster. */
export function describeService({ name, namespace, cluster }: ServiceRef): string {
  return [name, namespace, ...(cluster === '' ? [] : [cluster])].join('.');
}

/** The endpoints of one locality in one tier. */
export interface LocalityGroup extends EndpointGroup {
  /** At least 1. The number of endpoints that are not draining, unless a rule sets weights. */
  readonly weight: number;
}

/** The endpoints of one priority. */
export type Tier = readonly LocalityGroup[];
