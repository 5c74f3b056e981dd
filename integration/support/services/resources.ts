/**
 * The resources of the tests, as a user writes them: a service `reviews` in several sites, each a Kubernetes cluster with its own mesh, and the
 * resources for failover.
 */
import type { ResourceObject } from '../processes/control-plane.js';

/** The namespace of resources about meshes. */
export const SYSTEM_NAMESPACE = 'service-mesh-hub';
/** The namespace of the applications. */
export const APP_NAMESPACE = 'bookinfo';

const DISCOVERY = 'discovery.smh.solo.io/v1alpha2';
const NETWORKING = 'networking.smh.solo.io/v1alpha2';

export interface ObjectRef {
  readonly name: string;
  readonly namespace: string;
}

export interface ServiceRef extends ObjectRef {
  readonly clusterName: string;
}

export interface Endpoint {
  readonly address: string;
  readonly zone?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Default: healthy. */
  readonly health?: string;
}

export function meshRef(cluster: string): ObjectRef {
  return { name: `istiod-istio-system-${cluster}`, namespace: SYSTEM_NAMESPACE };
}

export function serviceRef(cluster: string, name = 'reviews'): ServiceRef {
  return { name, namespace: APP_NAMESPACE, clusterName: cluster };
}

/** The Mesh of a site. */
export function mesh(cluster: string): ResourceObject {
  return {
    apiVersion: DISCOVERY,
    kind: 'Mesh',
    metadata: meshRef(cluster),
    spec: { istio: { installation: { cluster, namespace: 'istio-system' } } },
  };
}

/** Groups the meshes of all sites. */
export function virtualMesh(clusters: readonly string[]): ResourceObject {
  return {
    apiVersion: NETWORKING,
    kind: 'VirtualMesh',
    metadata: { name: 'virtual-mesh', namespace: SYSTEM_NAMESPACE },
    spec: { meshes: clusters.map(meshRef) },
  };
}

export interface DestinationOptions {
  readonly cluster: string;
  /** The port of the service and of its endpoints. */
  readonly port: number;
  readonly endpoints: readonly Endpoint[];
  /** Default: the cluster's name. */
  readonly region?: string;
  /** Default `reviews`. */
  readonly service?: string;
  /** The name indicates the protocol, as in Istio: `http`, `http2-web`, `grpc`. Default: `http`. */
  readonly portName?: string;
}

/** A service of a site and its endpoints. */
export function destination(options: DestinationOptions): ResourceObject {
  const { cluster, port, service = 'reviews', portName = 'http' } = options;
  const ports = [{ port, name: portName, protocol: 'TCP' }];
  return {
    apiVersion: DISCOVERY,
    kind: 'Destination',
    metadata: { name: `${service}-${APP_NAMESPACE}-${cluster}`, namespace: SYSTEM_NAMESPACE },
    spec: {
      mesh: meshRef(cluster),
      kubeService: {
        ref: serviceRef(cluster, service),
        labels: { app: service },
        region: options.region ?? cluster,
        ports,
        endpointSubsets: [{ ports, endpoints: options.endpoints.map(toEndpoint) }],
      },
    },
  };
}

function toEndpoint(endpoint: Endpoint): object {
  const { address, labels = {}, zone, health } = endpoint;
  return {
    ipAddress: address,
    labels,
    ...(zone !== undefined && { subLocality: { zone } }),
    ...(health !== undefined && { health }),
  };
}

export interface FailoverOptions {
  /** The sites of `reviews` in the order of their tiers. */
  readonly clusters: readonly string[];
  readonly port: number;
  /** Default `http`. */
  readonly protocol?: string;
  /** The sites that see it. Default: the first of `clusters`. */
  readonly visibleIn?: readonly string[];
}

/** The hostname of every {@link failoverService}. */
export const FAILOVER_HOSTNAME = 'reviews-failover.bookinfo.global';

/** `reviews` over several sites, in order. */
export function failoverService(options: FailoverOptions): ResourceObject {
  const { clusters, port, protocol = 'http', visibleIn = clusters.slice(0, 1) } = options;
  return {
    apiVersion: NETWORKING,
    kind: 'FailoverService',
    metadata: { name: 'reviews-failover', namespace: SYSTEM_NAMESPACE },
    spec: {
      hostname: FAILOVER_HOSTNAME,
      port: { number: port, protocol },
      meshes: visibleIn.map(meshRef),
      backingServices: clusters.map((cluster) => ({ kubeService: serviceRef(cluster) })),
    },
  };
}

/** A TrafficPolicy on `reviews` of the given sites. */
export function trafficPolicy(name: string, clusters: readonly string[], policy: object): ResourceObject {
  return {
    apiVersion: NETWORKING,
    kind: 'TrafficPolicy',
    metadata: { name, namespace: SYSTEM_NAMESPACE },
    spec: {
      destinationSelector: [{ kubeServiceRefs: { services: clusters.map((cluster) => serviceRef(cluster)) } }],
      ...policy,
    },
  };
}

/** Ejects after one error for one second, so that tests need not wait for the default of 30 s. */
export const QUICK_OUTLIER_DETECTION = { consecutiveErrors: 1, interval: '0.2s', baseEjectionTime: '1s' } as const;

/** {@link QUICK_OUTLIER_DETECTION} on `reviews` of the given sites. */
export function quickOutlierDetection(clusters: readonly string[]): ResourceObject {
  return trafficPolicy('reviews-outlier', clusters, { outlierDetection: QUICK_OUTLIER_DETECTION });
}

/** Shifts the traffic for `reviews` of a site to the FailoverService. */
export function shiftToFailover(cluster: string, more: object = {}): ResourceObject {
  const target = { failoverService: { name: 'reviews-failover', namespace: SYSTEM_NAMESPACE } };
  return trafficPolicy('reviews-shift-failover', [cluster], { trafficShift: { destinations: [target] }, ...more });
}

/** A FailoverPolicy or OutlierDetectionPolicy on the VirtualDestination of this name. */
export function virtualDestinationPolicy(name: string, kind: string, config: object): ResourceObject {
  return {
    apiVersion: 'resilience.policy.gloo.solo.io/v2',
    kind,
    metadata: { name, namespace: APP_NAMESPACE },
    spec: { applyToDestinations: [{ kind: 'VIRTUAL_DESTINATION', selector: { name } }], config },
  };
}
