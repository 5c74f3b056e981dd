/** Small worlds of decoded resources, for tests of the model without files. */
import type { Resource } from '../api/resource.js';
import type {
  DestinationSpec,
  FailoverServiceSpec,
  MeshSpec,
  TrafficPolicySpec,
  VirtualMeshSpec,
} from '../generated/resources.js';
import { Graph } from '../graph/index.js';
import { inputRow } from '../kinds/registry.js';
import { type MeshInputs, type MeshModel, declareMesh } from '../mesh/tables.js';

/** The namespace of all objects that tests make. */
export const NAMESPACE = 'failover';

export interface World {
  readonly graph: Graph;
  readonly model: MeshModel;
  /** Puts resources in one commit. */
  put(...resources: readonly Resource<unknown>[]): void;
  remove(...resources: readonly Resource<unknown>[]): void;
}

export function createWorld(...resources: readonly Resource<unknown>[]): World {
  const graph = new Graph();
  const model = declareMesh(graph);
  const put = (...added: readonly Resource<unknown>[]): void => {
    putResources(graph, model.inputs, added);
  };
  put(...resources);
  return {
    graph,
    model,
    put,
    remove: (...gone) => {
      graph.commit((transaction) => {
        for (const { ref } of gone) inputRow(model.inputs, ref)?.stage(transaction, undefined);
      });
    },
  };
}

/** Puts resources of any kinds in one commit. */
export function putResources(graph: Graph, inputs: MeshInputs, resources: readonly Resource<unknown>[]): void {
  graph.commit((transaction) => {
    for (const resource of resources) inputRow(inputs, resource.ref)?.stage(transaction, resource);
  });
}

export function resource<Spec>(kind: string, name: string, spec: Spec, arrival = 1): Resource<Spec> {
  const apiVersion = 'networking.mesh.gloo.solo.io/v1alpha2';
  return {
    ref: { kind, namespace: NAMESPACE, name },
    apiVersion,
    labels: {},
    annotations: {},
    generation: 1,
    arrival,
    spec,
  };
}

export function mesh(name: string, cluster: string): Resource<MeshSpec> {
  return resource('Mesh', name, { istio: { installation: { cluster } } });
}

export function virtualMesh(
  name: string,
  meshes: readonly string[],
  hostnameSuffix?: string,
): Resource<VirtualMeshSpec> {
  return resource('VirtualMesh', name, {
    meshes: meshes.map((mesh) => ({ name: mesh, namespace: NAMESPACE })),
    ...(hostnameSuffix !== undefined && { federation: { hostnameSuffix } }),
  });
}

export interface ServiceOptions {
  readonly mesh?: string;
  readonly region?: string;
  readonly ports?: readonly { readonly port: number; readonly name: string }[];
  /** `address`, or `address@zone`, or `address@zone/subZone`. A final `!` means not ready, a final `~` means terminating. */
  readonly endpoints?: readonly string[];
}

/** The Destination of a service. Its endpoints listen on the service's own ports. */
export function destination(name: string, cluster: string, options: ServiceOptions = {}): Resource<DestinationSpec> {
  const { ports = [{ port: 80, name: 'http' }], endpoints = [], region = '' } = options;
  return resource('Destination', `${name}-app-${cluster}`, {
    ...(options.mesh !== undefined && { mesh: { name: options.mesh, namespace: NAMESPACE } }),
    kubeService: {
      ref: { name, namespace: 'app', clusterName: cluster },
      ports,
      region,
      endpointSubsets: [{ ports, endpoints: endpoints.map(toEndpoint) }],
    },
  });
}

type Endpoints = NonNullable<NonNullable<DestinationSpec['kubeService']>['endpointSubsets']>[number]['endpoints'];

function toEndpoint(text: string): NonNullable<Endpoints>[number] {
  const health = text.endsWith('!') ? 'UNHEALTHY' : text.endsWith('~') ? 'DRAINING' : 'HEALTHY';
  const [ipAddress = '', place = ''] = text.replace(/[!~]$/, '').split('@');
  const [zone = '', subZone = ''] = place.split('/');
  return { ipAddress, health, subLocality: { zone, subZone } };
}

/** A TrafficPolicy for services, written `name@cluster`. */
export function trafficPolicy(
  name: string,
  services: readonly string[],
  policy: NonNullable<TrafficPolicySpec['policy']>,
  arrival = 1,
): Resource<TrafficPolicySpec> {
  return resource(
    'TrafficPolicy',
    name,
    { destinationSelector: [{ kubeServiceRefs: { services: services.map(toRef) } }], policy },
    arrival,
  );
}

/** A FailoverService over services in order of preference, written `name@cluster`. */
export function failoverService(
  name: string,
  services: readonly string[],
  spec: FailoverServiceSpec = {},
  arrival = 1,
): Resource<FailoverServiceSpec> {
  return resource(
    'FailoverService',
    name,
    {
      hostname: `${name}.global`,
      port: { number: 80, protocol: 'http' },
      backingServices: services.map((service) => ({ kubeService: toRef(service) })),
      ...spec,
    },
    arrival,
  );
}

function toRef(service: string): { name: string; namespace: string; clusterName: string } {
  const [name = '', clusterName = ''] = service.split('@');
  return { name, namespace: 'app', clusterName };
}
