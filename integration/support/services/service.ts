/**
 * A service in several sites with its backends, and its resources for failover. For tests about services other than `reviews`.
 */
import {
  APP_NAMESPACE,
  QUICK_OUTLIER_DETECTION,
  SYSTEM_NAMESPACE,
  destination,
  mesh,
  meshRef,
  serviceRef,
  virtualMesh,
} from './resources.js';
import type { ResourceObject } from '../processes/control-plane.js';

/** A backend that can be stopped and started. */
export interface Switchable {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  refuse(): Promise<void>;
  restore(): Promise<void>;
}

export interface ServiceOptions<B extends Switchable> {
  readonly name: string;
  /** The name of the protocol in FailoverServices and ports. */
  readonly protocol: string;
  /** By site, in the order of their tiers. */
  readonly sites: Readonly<Record<string, readonly B[]>>;
  /** Default: ejects after one error for one second. */
  readonly outlierDetection?: object;
}

export class Service<B extends Switchable = Switchable> {
  readonly #options: ServiceOptions<B>;

  constructor(options: ServiceOptions<B>) {
    this.#options = options;
  }

  get hostname(): string {
    return `${this.#options.name}.failover.global`;
  }

  backends(site: string): readonly B[] {
    return this.#options.sites[site] ?? [];
  }

  async refuse(site: string): Promise<void> {
    await Promise.all(this.backends(site).map((backend) => backend.refuse()));
  }

  async restore(site: string): Promise<void> {
    await Promise.all(this.backends(site).map((backend) => backend.restore()));
  }

  /** Destinations, TrafficPolicy and FailoverService. All sites see it. */
  resources(): readonly ResourceObject[] {
    const { name, protocol, sites } = this.#options;
    const destinations = Object.entries(sites).map(([cluster, backends]) => {
      const endpoints = backends.map(({ address }) => ({ address }));
      return destination({
        cluster,
        service: name,
        port: backends[0]?.port ?? 0,
        portName: protocol.toLowerCase(),
        endpoints,
      });
    });
    return [...destinations, this.#policy(), this.#failover()];
  }

  #policy(): ResourceObject {
    const { name, sites, outlierDetection = QUICK_OUTLIER_DETECTION } = this.#options;
    const services = Object.keys(sites).map((cluster) => serviceRef(cluster, name));
    return {
      ...networking('TrafficPolicy', `${name}-outlier`),
      spec: { destinationSelector: [{ kubeServiceRefs: { services } }], outlierDetection },
    };
  }

  #failover(): ResourceObject {
    const { name, protocol, sites } = this.#options;
    const clusters = Object.keys(sites);
    const number = Object.values(sites).flat()[0]?.port ?? 0;
    const backingServices = clusters.map((cluster) => ({ kubeService: serviceRef(cluster, name) }));
    return {
      ...networking('FailoverService', `${name}-failover`),
      spec: { hostname: this.hostname, port: { number, protocol }, meshes: clusters.map(meshRef), backingServices },
    };
  }
}

function networking(kind: string, name: string): Pick<ResourceObject, 'apiVersion' | 'kind' | 'metadata'> {
  return { apiVersion: 'networking.smh.solo.io/v1alpha2', kind, metadata: { name, namespace: SYSTEM_NAMESPACE } };
}

/** The meshes of the sites, under one VirtualMesh. */
export function meshes(...clusters: readonly string[]): readonly ResourceObject[] {
  return [...clusters.map(mesh), virtualMesh(clusters)];
}

/** The service's own hostname in its site. */
export function ownHostname(service: string, cluster: string): string {
  return `${service}.${APP_NAMESPACE}.svc.${cluster}.global`;
}
