/** FailoverService and VirtualDestination in one shape: a hostname and port, who sees it, and an ordered list of services. */
import type { FieldPath, Resource, ResourceRef } from '../api/resource.js';
import type { FailoverServiceSpec, VirtualDestinationSpec } from '../generated/resources.js';
import type { ObjectRef, ServiceRef } from './model.js';

/** Something the resource names, and where it stands in it. */
export interface Named<Ref> {
  readonly ref: Ref;
  readonly path: FieldPath;
}

export interface FailoverPort {
  readonly number: number;
  readonly protocol: string;
  /** The port of the backing services, where it is not the same. */
  readonly targetNumber?: number;
  readonly targetName?: string;
}

export interface FailoverSpec {
  readonly ref: ResourceRef;
  readonly hostname: string;
  readonly port?: FailoverPort;
  readonly services: readonly Named<ServiceRef>[];
  /** Where the services are listed, for a finding about the list as a whole. */
  readonly servicesPath: FieldPath;
  readonly meshes: readonly Named<ObjectRef>[];
  readonly virtualMesh?: Named<ObjectRef>;
  /** Whether `meshes` must be given once there are Mesh resources. */
  readonly needsMeshes: boolean;
}

export type FailoverResource = Resource<FailoverServiceSpec | VirtualDestinationSpec>;

export function toFailoverSpec(resource: FailoverResource): FailoverSpec {
  return resource.ref.kind === 'FailoverService'
    ? fromFailoverService(resource.ref, (resource.spec ?? {}) as FailoverServiceSpec)
    : fromVirtualDestination(resource.ref, (resource.spec ?? {}) as VirtualDestinationSpec);
}

function fromFailoverService(ref: ResourceRef, spec: FailoverServiceSpec): FailoverSpec {
  return {
    ref,
    hostname: spec.hostname ?? '',
    ...(spec.port && { port: toPort(spec.port) }),
    services: (spec.backingServices ?? []).map(({ kubeService }, i) => ({
      ref: toServiceRef(kubeService ?? {}),
      path: ['spec', 'backingServices', i, 'kubeService'],
    })),
    servicesPath: ['spec', 'backingServices'],
    meshes: (spec.meshes ?? []).map((mesh, i) => ({ ref: toObjectRef(mesh), path: ['spec', 'meshes', i] })),
    needsMeshes: true,
  };
}

function fromVirtualDestination(ref: ResourceRef, spec: VirtualDestinationSpec): FailoverSpec {
  return {
    ref,
    hostname: spec.hostname ?? '',
    ...(spec.port && { port: toPort(spec.port) }),
    services: (spec.static?.destinations ?? []).map(({ kubeService }, i) => ({
      ref: toServiceRef(kubeService ?? {}),
      path: ['spec', 'static', 'destinations', i, 'kubeService'],
    })),
    servicesPath: ['spec', 'static', 'destinations'],
    meshes: (spec.meshList?.meshes ?? []).map((mesh, i) => ({
      ref: toObjectRef(mesh),
      path: ['spec', 'meshList', 'meshes', i],
    })),
    ...(spec.virtualMesh && { virtualMesh: { ref: toObjectRef(spec.virtualMesh), path: ['spec', 'virtualMesh'] } }),
    needsMeshes: false,
  };
}

function toPort(port: NonNullable<FailoverServiceSpec['port']> & { targetNumber?: number; targetName?: string }): FailoverPort {
  return {
    number: port.number ?? 0,
    protocol: port.protocol ?? '',
    ...(port.targetNumber !== undefined && { targetNumber: port.targetNumber }),
    ...(port.targetName !== undefined && { targetName: port.targetName }),
  };
}

function toServiceRef(ref: { readonly name?: string; readonly namespace?: string; readonly clusterName?: string }): ServiceRef {
  return { name: ref.name ?? '', namespace: ref.namespace ?? '', cluster: ref.clusterName ?? '' };
}

function toObjectRef(ref: { readonly name?: string; readonly namespace?: string }): ObjectRef {
  return { name: ref.name ?? '', namespace: ref.namespace ?? '' };
}
