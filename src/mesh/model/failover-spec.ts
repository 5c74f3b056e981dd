/** FailoverService and VirtualDestination of all versions in one shape: hosts, ports, meshes that see them, and backends. */
import type { FieldPath, Resource, ResourceRef } from '../../api/resource.js';
import type {
  DestinationSelector,
  FailoverServiceSpec,
  ObjectSelectorV2,
  TrafficPolicySpec_Policy_OutlierDetection as OutlierDetectionSpec,
  VirtualDestinationSpec,
  VirtualDestinationSpecV2,
  VirtualDestinationSpec_LocalityConfig_LocalityFailoverDirective as FailoverDirective,
} from '../../generated/resources.js';
import type { ServiceRef } from './model.js';
import type { ObjectRef } from './object-ref.js';

/** A reference, and its path in the resource. */
export interface Named<Value> {
  readonly value: Value;
  readonly path: FieldPath;
}

export interface FailoverPort {
  readonly path: FieldPath;
  readonly number: number;
  /** The name by which policies may select the port. */
  readonly name: string | undefined;
  readonly protocol: string;
  /** The port of the backing services, if it differs. */
  readonly targetNumber: number | undefined;
  readonly targetName: string | undefined;
}

/** The backends of a failover destination. */
export type Backends =
  /** Services in order of preference. */
  | { readonly type: 'static'; readonly services: readonly Named<ServiceRef>[] }
  /** At most one destination of each cluster, ordered by locality. */
  | { readonly type: 'localized'; readonly selectors: readonly DestinationSelector[] }
  /** Any destinations, ordered by locality. */
  | {
      readonly type: 'selected';
      readonly services: readonly Named<ObjectSelectorV2>[];
      readonly externalServices: readonly Named<ObjectSelectorV2>[];
    };

export interface FailoverSpec {
  readonly ref: ResourceRef;
  readonly hosts: readonly Named<string>[];
  readonly ports: readonly FailoverPort[];
  readonly backends: Backends;
  /** The path of the lists or selectors, for findings about all backends. */
  readonly backendsPath: FieldPath;
  readonly meshes: readonly Named<ObjectRef>[];
  readonly virtualMesh: Named<ObjectRef> | undefined;
  /** Whether the resource must set `meshes` if Mesh resources exist. */
  readonly needsMeshes: boolean;
  readonly directives: readonly FailoverDirective[];
  /** The outlier detection that the resource sets for all of its backends. */
  readonly outlierDetection: OutlierDetectionSpec | undefined;
  /** The names of its fields, for messages. */
  readonly fields: { readonly host: string; readonly port: string };
}

export type FailoverResource = Resource<FailoverServiceSpec | VirtualDestinationSpec | VirtualDestinationSpecV2>;

/** Whether it is a VirtualDestination of Gloo Mesh 2, which has other fields. */
export function isVirtualDestinationV2({ apiVersion }: Pick<FailoverResource, 'apiVersion'>): boolean {
  return apiVersion.startsWith('networking.gloo.solo.io/');
}

/**
 * Not stored, but computed by each row that needs it, about ten times for a resource. Therefore its objects are written field by field: V8
 * copies what is spread one property after the other, which takes several times as long as all the rest.
 */
export function toFailoverSpec(resource: FailoverResource): FailoverSpec {
  const { ref, spec = {} } = resource;
  if (ref.kind === 'FailoverService') return fromFailoverService(ref, spec as FailoverServiceSpec);
  return isVirtualDestinationV2(resource)
    ? fromVirtualDestinationV2(ref, spec as VirtualDestinationSpecV2)
    : fromVirtualDestination(ref, spec as VirtualDestinationSpec);
}

function fromFailoverService(ref: ResourceRef, spec: FailoverServiceSpec): FailoverSpec {
  const services = (spec.backingServices ?? []).map(({ kubeService }, i) => ({
    value: toServiceRef(kubeService ?? {}),
    path: ['spec', 'backingServices', i, 'kubeService'],
  }));
  return {
    ref,
    hosts: singleHost(spec),
    ports: singlePort(spec, spec.port?.protocol ?? ''),
    backends: { type: 'static', services },
    backendsPath: ['spec', 'backingServices'],
    meshes: (spec.meshes ?? []).map((mesh, i) => ({ value: toObjectRef(mesh), path: ['spec', 'meshes', i] })),
    virtualMesh: undefined,
    needsMeshes: true,
    directives: [],
    outlierDetection: undefined,
    fields: SINGULAR,
  };
}

function fromVirtualDestination(ref: ResourceRef, spec: VirtualDestinationSpec): FailoverSpec {
  const { localized, meshList, virtualMesh } = spec;
  return {
    ref,
    hosts: singleHost(spec),
    ports: singlePort(spec, protocolOrDefault(spec.port ?? {})),
    backends: localized ? { type: 'localized', selectors: localized.destinationSelectors ?? [] } : toStatic(spec),
    backendsPath: localized ? ['spec', 'localized', 'destinationSelectors'] : ['spec', 'static', 'destinations'],
    meshes: (meshList?.meshes ?? []).map((mesh, i) => ({
      value: toObjectRef(mesh),
      path: ['spec', 'meshList', 'meshes', i],
    })),
    virtualMesh: virtualMesh && { value: toObjectRef(virtualMesh), path: ['spec', 'virtualMesh'] },
    needsMeshes: false,
    directives: localized?.failoverDirectives ?? [],
    outlierDetection: localized?.outlierDetection,
    fields: SINGULAR,
  };
}

/** The default protocol of a VirtualDestination's port is HTTP. A FailoverService has no default. */
function protocolOrDefault({ protocol = '' }: { readonly protocol?: string }): string {
  return protocol === '' ? 'HTTP' : protocol;
}

function toStatic({ static: list }: VirtualDestinationSpec): Backends {
  const services = (list?.destinations ?? []).map(({ kubeService }, i) => ({
    value: toServiceRef(kubeService ?? {}),
    path: ['spec', 'static', 'destinations', i, 'kubeService'],
  }));
  return { type: 'static', services };
}

function fromVirtualDestinationV2(ref: ResourceRef, spec: VirtualDestinationSpecV2): FailoverSpec {
  const { hosts = [], ports = [], services, selectors, externalServices } = spec;
  return {
    ref,
    hosts: hosts.map((value, i) => ({ value, path: ['spec', 'hosts', i] })),
    ports: ports.map(({ number = 0, protocol = '', name, targetPort }, i) => ({
      path: ['spec', 'ports', i],
      number,
      name,
      protocol: protocolOrDefault({ protocol }),
      targetNumber: targetPort?.number,
      targetName: targetPort?.name,
    })),
    backends: {
      type: 'selected',
      services: [...named(services, 'services'), ...named(selectors, 'selectors')],
      externalServices: named(externalServices, 'externalServices'),
    },
    backendsPath: ['spec', backendsField(spec)],
    meshes: [],
    virtualMesh: undefined,
    needsMeshes: false,
    directives: [],
    outlierDetection: undefined,
    fields: { host: 'hosts', port: 'ports' },
  };
}

/** The field with the selectors; `services` if there are none. */
function named(selectors: readonly ObjectSelectorV2[] | undefined, field: string): readonly Named<ObjectSelectorV2>[] {
  return (selectors ?? []).map((value, i) => ({ value, path: ['spec', field, i] }));
}

function backendsField({ services, selectors, externalServices }: VirtualDestinationSpecV2): string {
  if (services !== undefined) return 'services';
  if (selectors !== undefined) return 'selectors';
  return externalServices === undefined ? 'services' : 'externalServices';
}

type SingleHost = Pick<VirtualDestinationSpec, 'hostname' | 'port'>;

const SINGULAR: FailoverSpec['fields'] = { host: 'hostname', port: 'port' };

function singleHost({ hostname = '' }: SingleHost): FailoverSpec['hosts'] {
  return hostname === '' ? [] : [{ value: hostname, path: ['spec', 'hostname'] }];
}

function singlePort({ port }: SingleHost, protocol: string): FailoverSpec['ports'] {
  if (port === undefined) return [];
  const { number = 0, targetNumber, targetName } = port;
  return [{ path: ['spec', 'port'], number, name: undefined, protocol, targetNumber, targetName }];
}

function toServiceRef(ref: {
  readonly name?: string;
  readonly namespace?: string;
  readonly clusterName?: string;
}): ServiceRef {
  return { name: ref.name ?? '', namespace: ref.namespace ?? '', cluster: ref.clusterName ?? '' };
}

function toObjectRef(ref: { readonly name?: string; readonly namespace?: string }): ObjectRef {
  return { name: ref.name ?? '', namespace: ref.namespace ?? '' };
}
