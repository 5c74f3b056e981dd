/**
 * The model's own words: frozen plain data that knows neither the resources' YAML nor Envoy. Everything a client is told
 * comes down to a hostname with an ordered list of tiers.
 */
import type { ResourceRef } from '../../api/resource.js';
import type { DestinationKey, MeshKey } from './object-key.js';
import type { ObjectRef } from './object-ref.js';

/** Names a service by where it runs: what Gloo Mesh calls a ClusterObjectRef. */
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
  /** Its addresses besides that one, at the same port, such as that of the other IP family. Absent for none. */
  readonly additionalAddresses?: readonly string[];
  readonly health: Health;
  /** The Host that it is asked by where the client's is none that it knows; absent where that is its DNS name, or any will do. */
  readonly hostname?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The endpoints of one locality. */
export interface EndpointGroup {
  readonly locality: Locality;
  readonly endpoints: readonly Endpoint[];
}

/** What is spoken on a port. `HTTP2` and `GRPC` need HTTP/2 towards the endpoints as well. */
export type Protocol = 'HTTP' | 'HTTPS' | 'GRPC' | 'HTTP2' | 'MONGO' | 'TCP' | 'TLS';

export const protocols: readonly Protocol[] = ['HTTP', 'HTTPS', 'GRPC', 'HTTP2', 'MONGO', 'TCP', 'TLS'];

export interface Port {
  readonly number: number;
  readonly name: string;
  readonly protocol: Protocol;
}

/** A service as discovery found it, without its endpoints, which change far more often. */
export interface Destination {
  /** Of the Destination object. */
  readonly key: DestinationKey;
  readonly ref: ObjectRef;
  /** Absent for an external service. */
  readonly service?: ServiceRef;
  /** The names, addresses among them, that clients call an external service by. */
  readonly hosts: readonly string[];
  /** Names the clusters of an external service where its first host does not do, because somebody else's are named by it. */
  readonly clusterHost?: string;
  /**
   * Hosts that lead to some of the endpoints only: pods of a headless service, by their names in it, or the hosts of an external
   * service that has no endpoints besides. The endpoints have the host as their label `endpointHostLabel`. Absent for none.
   */
  readonly endpointHosts?: readonly string[];
  /** Who calls the service by its names; absent for everyone. */
  readonly exportTo?: readonly ExportTo[];
  readonly ports: readonly Port[];
  /** The service's; of an external service those of the Destination object. */
  readonly labels: Readonly<Record<string, string>>;
  /** Its Mesh, or `NO_MESH`. */
  readonly mesh: MeshKey;
  /** Whether endpoints of it are given by DNS name. */
  readonly named?: true;
  /** IP addresses that clients in a service's own cluster call it by; absent where no port of it needs them. */
  readonly addresses?: readonly string[];
  /** The DNS name elsewhere that a Kubernetes service stands for. */
  readonly externalName?: string;
  /** Whether IPv6 goes before IPv4 where an endpoint has addresses of both. */
  readonly prefersIpv6?: true;
  /** Whether endpoints that are not ready are used as if they were. */
  readonly publishesNotReady?: true;
}

/** The label of endpoints that clients can call by a name of their own. */
export const ENDPOINT_HOST_LABEL = 'lifeboat.dev/hostname';

/** Clients that can call an external service; an empty list means all clusters or namespaces. */
export interface ExportTo {
  readonly clusters: readonly string[];
  readonly namespaces: readonly string[];
}

/** The settings of Envoy's outlier detection. Durations in milliseconds. */
export interface OutlierDetection {
  readonly consecutiveErrors: number;
  readonly intervalMs: number;
  readonly baseEjectionTimeMs: number;
  /** 0..100, of all hosts of the cluster. */
  readonly maxEjectionPercent: number;
}

/** One port of one destination, as a place to send traffic to. */
export interface Backing {
  readonly destination: DestinationKey;
  readonly port: number;
}

/** A port of a failover destination. */
export interface FailoverDestinationPort {
  readonly number: number;
  readonly protocol: Protocol;
  /** What is behind it: lists in order of preference. Inside a list an order by locality or labels may decide. */
  readonly backings: readonly (readonly Backing[])[];
}

/** A FailoverService or VirtualDestination that is in force. */
export interface FailoverDestination {
  readonly ref: ResourceRef;
  readonly labels: Readonly<Record<string, string>>;
  /** All lead to the same endpoints. */
  readonly hosts: readonly string[];
  /** Names its clusters: its first host, and itself too where another one has that host in another mesh. */
  readonly clusterHost: string;
  readonly ports: readonly FailoverDestinationPort[];
  /** The meshes that see it; `undefined`: every client does. */
  readonly meshes: readonly MeshKey[] | undefined;
  /** Whether its own list gives the order, so that without a policy nothing is ordered inside it. */
  readonly listed: boolean;
  /** Its own locality mappings. */
  readonly mappings: readonly LocalityMapping[];
  /** Outlier detection that it configures itself. */
  readonly outlierDetection?: OutlierDetection;
}

/** Where a mapping sends traffic; parts of the locality that are empty mean any. */
export interface MappedLocality {
  readonly locality: Locality;
  /** Percent, 1 to 100. */
  readonly weight?: number;
}

/** What clients in a locality prefer. */
export interface LocalityMapping {
  readonly from: Locality;
  readonly to: readonly MappedLocality[];
}

/** `name.namespace.cluster`, how messages name a service. */
export function formatService(service: ServiceRef): string {
  return `${service.name}.${service.namespace}.${service.cluster}`;
}

/** The same for a sentence: without a dot at its end where the service is in no cluster. */
export function describeService({ name, namespace, cluster }: ServiceRef): string {
  return [name, namespace, ...(cluster === '' ? [] : [cluster])].join('.');
}

/** The endpoints of one locality in one tier. */
export interface LocalityGroup extends EndpointGroup {
  /** At least 1. Unless a rule sets weights, the number of endpoints that are not draining. */
  readonly weight: number;
}

/** Endpoints that share a priority. */
export type Tier = readonly LocalityGroup[];
