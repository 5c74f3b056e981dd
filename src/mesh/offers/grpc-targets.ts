/**
 * The cluster that a hostname and port lead to, for a client that asks for it by name, such as a gRPC client with `xds:///hostname:port`.
 * The cost of a name does not grow with the number of services. The names are those of Envoy's routes. Ports never conflict here,
 * because gRPC clients have no listeners.
 */
import type { FailoverTables } from '../failovers/failovers.js';
import type { ClusterContext } from '../clusters/cluster-settings.js';
import { type Graph, type Read, type Table, type Key, pairCodec, partsCodec } from '../../graph/index.js';
import type { DestinationTables } from '../discovery/destinations.js';
import { endpointSubsets, hostnamesOf, qualifiedName } from '../discovery/hosts.js';
import { type MeshTables, meshesSeenFrom } from '../discovery/services/meshes.js';
import { byPrecedence } from '../discovery/services/precedence.js';
import type { MeshKey, DestinationKey } from '../model/object-key.js';
import { serviceKey } from '../model/kube-key.js';
import type { FailoverKey } from '../model/failover-key.js';
import { type ClusterKey, destinationCluster, failoverCluster } from '../model/cluster-key.js';
import type { Role } from './visibility-key.js';

/** The properties of a client that decide which names it can use. */
export interface GrpcTargetScope {
  /** The client's Mesh, or `NO_MESH`. */
  readonly mesh: MeshKey;
  readonly role: Role;
  readonly cluster: string;
  readonly namespace: string;
}

/** The cluster of a name. No row if the client cannot reach the name or the port. */
export type GrpcTargetTable = Table<GrpcTargetKey, ClusterKey>;

/** The text of a `GrpcTargetScope`. */
export type TargetScopeKey = Key<'target scope'>;

const SCOPE = partsCodec<TargetScopeKey, readonly [mesh: MeshKey, role: Role, cluster: string, namespace: string]>(4);

/** A client's scope and the name that it asks for. */
export type GrpcTargetKey = Key<'target'>;

const TARGET = pairCodec<GrpcTargetKey, TargetScopeKey, string>();

/** `name`: `hostname:port`, or a hostname alone. Without a port: port 80 if the host has it, else its only port. */
export function grpcTargetKey(scope: GrpcTargetScope, name: string): GrpcTargetKey {
  return TARGET.format(formatTargetScope(scope), name);
}

/** The name that the client asks for. */
export function nameOfGrpcTarget(key: GrpcTargetKey): string {
  return TARGET.parse(key)[1];
}

export function formatTargetScope({ mesh, role, cluster, namespace }: GrpcTargetScope): TargetScopeKey {
  return SCOPE.format(mesh, role, cluster, namespace);
}

/** The inverse of `formatTargetScope`. */
export function parseTargetScope(scope: TargetScopeKey): GrpcTargetScope {
  const [mesh, role, cluster, namespace] = SCOPE.parse(scope);
  return { mesh, role, cluster, namespace };
}

export function declareTargets(graph: Graph, meshes: MeshTables, context: ClusterContext): GrpcTargetTable {
  const { destinations, failovers } = context;
  return graph.derive<GrpcTargetKey, ClusterKey>('targets', (read, key) => {
    const [scope, name] = TARGET.parse(key);
    const { hostname, port } = parseTarget(name);
    const client = parseTargetScope(scope);
    const found = [
      ...failoversCalled(read, hostname, client, failovers.byHost).map((of) =>
        failoverPorts(read, of, client, context),
      ),
      ...(client.role === 'gateway'
        ? []
        : [...servicesNamed(read, hostname, client, destinations), ...externalsCalled(read, hostname, destinations)]
      ).map((of) => destinationPorts(read, of, hostname, client, meshes, destinations)),
    ];
    return choose(found, port);
  });
}

interface Target {
  readonly hostname: string;
  /** `undefined` if the name contains no port; NaN if the port is not a number. */
  readonly port: number | undefined;
}

/** Hostnames are compared without regard to case and without a final dot. */
function fold(hostname: string): string {
  return hostname.toLowerCase().replace(/\.$/, '');
}

function parseTarget(name: string): Target {
  const at = name.lastIndexOf(':');
  if (at < 0) return { hostname: fold(name), port: undefined };
  const port = name.slice(at + 1);
  return { hostname: fold(name.slice(0, at)), port: /^[1-9]\d{0,4}$/.test(port) ? Number(port) : NaN };
}

/** Clusters by port. */
type Ports = ReadonlyMap<number, ClusterKey>;

const nothing: Ports = new Map();

function failoverPorts(read: Read, key: FailoverKey, { mesh }: GrpcTargetScope, { failovers }: ClusterContext): Ports {
  const failover = read(failovers.failovers, key);
  if (failover === undefined || failover.meshes?.includes(mesh) === false) return nothing;
  return new Map(failover.ports.map(({ number }) => [number, failoverCluster(key, number)]));
}

function destinationPorts(
  read: Read,
  key: DestinationKey,
  hostname: string,
  client: GrpcTargetScope,
  meshes: MeshTables,
  { destinations }: DestinationTables,
): Ports {
  const destination = read(destinations, key);
  if (destination === undefined) return nothing;
  const subset = ['', ...endpointSubsets(destination)].find((part) =>
    hostnamesOf(destination, client, part).some((host) => fold(host) === hostname),
  );
  if (subset === undefined) return nothing;
  if (meshesSeenFrom(read, meshes, client.mesh)?.includes(destination.mesh) === false) return nothing;
  return new Map(destination.ports.map(({ number }) => [number, destinationCluster(key, number, subset)]));
}

/** Failover destinations with this hostname, or with the name that the client's resolver would make of a short hostname. */
function failoversCalled(
  read: Read,
  hostname: string,
  client: GrpcTargetScope,
  byHost: FailoverTables['byHost'],
): readonly FailoverKey[] {
  return [...new Set([hostname, qualifiedName(hostname, client)])].flatMap((host) => read(byHost, host) ?? []);
}

/** The destinations that the hostname may name: `name`, `name.namespace` and longer forms; and in which cluster. */
function servicesNamed(
  read: Read,
  hostname: string,
  client: GrpcTargetScope,
  { byService }: DestinationTables,
): readonly DestinationKey[] {
  const [first = '', second = client.namespace, third = client.namespace] = hostname.split('.');
  const global = /\.svc\.(.+)\.global$/.exec(hostname)?.[1];
  const clusters = [...new Set([client.cluster, global ?? '', ''])];
  // The name of a pod may precede that of its service, so the second word may be the service.
  const services = [
    { name: first, namespace: second },
    { name: second, namespace: third },
  ];
  return services.flatMap((service) =>
    clusters.flatMap((cluster) => read(byService, serviceKey({ ...service, cluster })) ?? []),
  );
}

function externalsCalled(
  read: Read,
  hostname: string,
  { externalsByHost, destinations, ages }: DestinationTables,
): readonly DestinationKey[] {
  const found = (read(externalsByHost, hostname) ?? []).flatMap((key) => read(destinations, key) ?? []);
  return found.sort(byPrecedence(read, ages)).map(({ key }) => key);
}

/** The first of them with the port, as in Envoy's routes. */
function choose(found: readonly Ports[], port: number | undefined): ClusterKey | undefined {
  if (port !== undefined) return found.find((ports) => ports.has(port))?.get(port);
  const numbers = [...new Set(found.flatMap((ports) => [...ports.keys()]))];
  const [only = NaN, ...others] = numbers.includes(80) ? [80] : numbers;
  return others.length > 0 ? undefined : choose(found, only);
}
