/** Destinations as the model has them, declared or discovered: the service apart from its endpoints. */
import type { Diagnostic } from '../../api/diagnostic.js';
import { exactList } from '../../api/exact-list.js';
import { type Resource, byAge } from '../../api/resource.js';
import {
  type Graph,
  type Input,
  type Key,
  type KeyedTable,
  type PlainKey,
  type Read,
  type Table,
  partsCodec,
} from '../../graph/index.js';
import type { DestinationSpec, DestinationSpec_ExternalService as ExternalService } from '../../generated/resources.js';
import { destinationFindings } from './destination-findings.js';
import { type DiscoveryInputs, type DiscoveryTables, declareDiscovery } from './kubernetes/discovery.js';
import { endpointsOf } from './endpoints.js';
import { endpointHostsOf, hostsOf } from './external/external-hosts.js';
import { collectFindings } from '../model/finding.js';
import { type ServiceKey, serviceKey } from '../model/kube-key.js';
import { usableLabels } from './services/labels.js';
import { checkMesh } from './services/mesh-findings.js';
import { type MeshTables, hasMeshes } from './services/meshes.js';
import { withOwnHostname } from './external/own-hostname.js';
import { type Destination, type EndpointGroup, type ExportTo, describeService } from '../model/model.js';
import { formatObject } from '../model/object-ref.js';
import { type DestinationKey, type MeshKey, NO_MESH, destinationKey, meshKey } from '../model/object-key.js';
import { type DestinationPortKey, parseDestinationPort } from '../model/target-key.js';
import { servedPorts } from './services/ports.js';
import { type AgeTable, declareAges } from './services/precedence.js';
import { isCallable, portsOf, serviceOf } from './services/service-ref.js';
import {
  type SelectableTable,
  type AttributeKey,
  type Attributes,
  declareSelectable,
} from './services/selector-index.js';

export interface DestinationTables {
  readonly destinations: KeyedTable<DestinationKey, Destination>;
  readonly byService: Table<ServiceKey, readonly DestinationKey[]>;
  /** Those of no mesh under `NO_MESH`. */
  readonly byMesh: Table<MeshKey, readonly DestinationKey[]>;
  /** All destinations, under `ALL_SELECTABLE`. */
  readonly all: Table<AttributeKey, readonly DestinationKey[]>;
  readonly selectable: SelectableTable<DestinationKey, Destination>;
  /** The endpoints of one port of one destination, ordered by locality and address. */
  readonly endpoints: Table<DestinationPortKey, readonly EndpointGroup[]>;
  readonly discovery: DiscoveryTables;
  /** External services by host, in lower case. */
  readonly externalsByHost: Table<PlainKey, readonly DestinationKey[]>;
  readonly ages: AgeTable;
  /** Of Destination resources. */
  readonly findings: Table<DestinationKey, readonly Diagnostic[]>;
}

export interface DestinationInputs extends DiscoveryInputs {
  readonly destinations: Input<DestinationKey, Resource<DestinationSpec>>;
}

/** Destination resources, and the destinations discovered from Kubernetes. */
export function declareDestinations(graph: Graph, inputs: DestinationInputs, meshes: MeshTables): DestinationTables {
  const declaredByService = graph.index('declaredDestinationsByService', inputs.destinations, declaredServiceKeys);
  /** Of several Destinations about one service: the key of the one that counts. */
  const counting = (read: Read, resource: Resource<DestinationSpec>): DestinationKey => {
    const rivals = declaredServiceKeys(resource).flatMap((service) => read(declaredByService, service) ?? []);
    if (rivals.length < 2) return destinationKey(resource.ref);
    const [oldest = resource] = rivals.flatMap((rival) => read(inputs.destinations, rival) ?? []).sort(byAge);
    return destinationKey(oldest.ref);
  };
  const externalsByName = graph.index('externalsByFirstHost', inputs.destinations, firstHostKeys);
  const declared = graph.map('declaredDestinations', inputs.destinations, (resource, read, key) => {
    if (counting(read, resource) !== key) return undefined;
    const destination = toDestination(resource);
    const isNamed =
      destination?.service === undefined && hasNameOfAnother(read, resource, inputs.destinations, externalsByName);
    return destination && isNamed
      ? { ...destination, clusterHost: `${destination.hosts[0] ?? ''}.${formatObject(resource.ref)}` }
      : destination;
  });
  const discovery = declareDiscovery(graph, inputs, meshes, { destinations: declared, byService: declaredByService });
  const destinations = graph.union('destinations', [declared, discovery.destinations]);
  const endpoints = graph.derive<DestinationPortKey, readonly EndpointGroup[]>('endpoints', (read, key) => {
    const { destination: of, port } = parseDestinationPort(key);
    const resource = read(inputs.destinations, of);
    if (resource?.spec !== undefined)
      return withOwnHostname(
        endpointsOf(resource.spec, port),
        resource.spec.externalService ? hostsOf(resource.spec.externalService) : [],
      );
    const destination = read(destinations, of);
    return destination && discovery.endpoints(read, destination, port);
  });
  const selectable = declareSelectable(graph, 'destinations', destinations, attributesOf);
  return {
    destinations,
    byService: graph.index('destinationsByService', destinations, serviceKeysOf),
    byMesh: graph.index('destinationsByMesh', destinations, ({ mesh }) => [mesh]),
    all: selectable.byAttribute,
    selectable,
    endpoints,
    discovery,
    externalsByHost: graph.index<DestinationKey, Destination, PlainKey>(
      'externalsByHost',
      destinations,
      ({ service, hosts }) => (service === undefined ? hosts : []),
    ),
    ages: declareAges(graph, inputs.destinations),
    findings: graph.derive<DestinationKey, readonly Diagnostic[]>('destinationFindings', (read, key) => {
      const resource = read(inputs.destinations, key);
      if (resource === undefined) return undefined;
      const first = counting(read, resource);
      return exactList([
        ...(first === key ? [] : [alreadyDeclared(resource, first)]),
        ...destinationFindings(resource),
        ...meshFindings(read, meshes, resource),
      ]);
    }),
  };
}

/** Without any Mesh, every client sees the service. */
function meshFindings(
  read: Read,
  meshes: MeshTables,
  { ref, spec: { mesh } = {} }: Resource<DestinationSpec>,
): readonly Diagnostic[] {
  if (mesh === undefined || !hasMeshes(read, meshes)) return [];
  const findings = collectFindings(ref);
  checkMesh(findings, read, meshes, { mesh, path: ['spec', 'mesh'], effect: 'the service is visible to no client' });
  return findings.all;
}

/** The service that the Destination is about, where it says so. */
function declaredServiceKeys({
  spec: { kubeService, externalService } = {},
}: Resource<DestinationSpec>): readonly ServiceKey[] {
  if (kubeService === undefined || externalService !== undefined) return [];
  const service = serviceOf(kubeService);
  return isCallable(service) ? [serviceKey(service)] : [];
}

/** What a cluster of an external service is named by: its first host, and a port. */
type FirstHostKey = Key<'first host'>;

const FIRST_HOST = partsCodec<FirstHostKey, readonly [host: string, port: string]>(2);

function firstHostKeys({ spec: { externalService } = {} }: Resource<DestinationSpec>): readonly FirstHostKey[] {
  const [host] = externalService === undefined ? [] : hostsOf(externalService);
  return host === undefined
    ? []
    : (externalService?.ports ?? []).map(({ number = 0 }) => FIRST_HOST.format(host, String(number)));
}

/** Whether the clusters of an older external service, or of some service in a cluster, are named by its first host. */
function hasNameOfAnother(
  read: Read,
  resource: Resource<DestinationSpec>,
  input: Input<DestinationKey, Resource<DestinationSpec>>,
  byName: Table<FirstHostKey, readonly DestinationKey[]>,
): boolean {
  const keys = firstHostKeys(resource);
  if (keys.some((key) => serviceHost.test(FIRST_HOST.parse(key)[0]))) return true;
  const rivals = keys.flatMap((key) => read(byName, key) ?? []).filter((key) => key !== destinationKey(resource.ref));
  return rivals.some((key) => {
    const rival = read(input, key);
    return rival !== undefined && byAge(rival, resource) < 0;
  });
}

const serviceHost = /\.svc\.(.+\.global|cluster\.local)$/;

function alreadyDeclared({ ref, spec }: Resource<DestinationSpec>, first: string): Diagnostic {
  const name = describeService(serviceOf(spec?.kubeService ?? {}));
  const message = `Destination ${first} already describes ${name}. This one is ignored.`;
  return { ref, code: 'AlreadyDeclared', path: ['spec', 'kubeService', 'ref'], severity: 'error', message };
}

function serviceKeysOf({ service }: Destination): readonly ServiceKey[] {
  return service === undefined ? [] : [serviceKey(service)];
}

/** A service is selected by what it is called where it runs, an external service by its object. */
function attributesOf({ service, ref, labels }: Destination): Attributes {
  const { name, namespace, cluster } = service ?? { ...ref, cluster: '' };
  return { name, namespace, cluster, labels };
}

const NO_HOSTS: readonly string[] = [];

/** `undefined` if no client could call it. */
function toDestination({ ref, labels, spec = {} }: Resource<DestinationSpec>): Destination | undefined {
  const mesh = spec.mesh?.name ? meshKey({ name: spec.mesh.name, namespace: spec.mesh.namespace ?? '' }) : NO_MESH;
  const [key, own] = [destinationKey(ref), { name: ref.name, namespace: ref.namespace }];
  if (spec.externalService !== undefined)
    return { key, ref: own, mesh, labels: usableLabels(labels), ...toExternal(spec.externalService) };
  const { kubeService } = spec;
  const service = serviceOf(kubeService ?? {});
  if (kubeService === undefined || !isCallable(service)) return undefined;
  // Field by field: there are many, and spread each would have a hidden class of its own, which is larger than itself.
  return {
    key,
    ref: own,
    mesh,
    service,
    hosts: NO_HOSTS,
    ports: servedPorts(portsOf(kubeService), 'kubernetes'),
    labels: usableLabels(kubeService.labels ?? {}),
  };
}

function toExternal(service: ExternalService): Pick<Destination, 'hosts' | 'ports' | 'endpointHosts' | 'exportTo'> {
  const endpointHosts = endpointHostsOf(service);
  const exportTo = (service.exportTo ?? []).map(({ clusters = [], namespaces = [] }): ExportTo => ({
    clusters,
    namespaces,
  }));
  return {
    hosts: hostsOf(service),
    ports: servedPorts(service.ports ?? [], 'external'),
    ...(endpointHosts.length > 0 && { endpointHosts }),
    ...(exportTo.length > 0 && { exportTo }),
  };
}
