/** The valid FailoverServices and VirtualDestinations, and the findings about the invalid ones. */
import { type Diagnostic, formatPath } from '../../api/diagnostic.js';
import type { FieldPath } from '../../api/resource.js';
import type { Graph, Input, KeyedTable, PlainKey, Read, Table } from '../../graph/index.js';
import { hasMeshes } from '../discovery/services/meshes.js';
import { findBackends } from './backends.js';
import { backingPort } from '../discovery/services/backing-port.js';
import { serviceCalled } from '../discovery/hosts.js';
import { type FailoverContext, type OwnFindings, ownFindings } from './failover-findings.js';
import { type FailoverPort, type FailoverResource, type FailoverSpec, toFailoverSpec } from '../model/failover-spec.js';
import { type HostnameAddressTable, declareHostnameAddresses } from './hostname-addresses.js';
import {
  type ClaimTables,
  claimKey,
  claimKeys,
  claimedName,
  declareClaims,
  nameOfClaim,
} from './hostname-conflicts.js';
import { type PortConflict, type PortConflictTable, declarePortConflicts } from './port-conflicts.js';
import { inForce, rememberValid } from '../model/last-valid.js';
import { type FailoverKey, describeFailover, failoverKey } from '../model/failover-key.js';
import { serviceKey } from '../model/kube-key.js';
import { type MeshKey, meshKey, virtualMeshKey } from '../model/object-key.js';
import { toLocalityMapping } from '../preference/mapping.js';
import type { Backing, Destination, FailoverDestination, FailoverDestinationPort } from '../model/model.js';
import { outlierDetectionOf } from '../policies/upstreams/outlier-detection.js';
import { parseProtocol } from '../model/protocol.js';

export interface FailoverTables {
  readonly findings: KeyedTable<FailoverKey, readonly Diagnostic[]>;
  /** The failover destinations in force. */
  readonly failovers: KeyedTable<FailoverKey, FailoverDestination>;
  /** By the mesh that sees them. The key of those that every mesh sees is `EVERY_MESH`. */
  readonly byMesh: Table<MeshKey, readonly FailoverKey[]>;
  /** By hostname, in lower case. */
  readonly byHost: Table<PlainKey, readonly FailoverKey[]>;
  readonly addresses: HostnameAddressTable;
}

/** A key for failover destinations that every client sees. No Mesh has this name. */
export const EVERY_MESH = '*' as MeshKey;

export function declareFailovers(
  graph: Graph,
  input: Input<FailoverKey, FailoverResource>,
  lastValid: Input<FailoverKey, FailoverResource>,
  context: FailoverContext,
): FailoverTables {
  const own = graph.map('failoverOwnFindings', input, (resource, read) =>
    ownFindings(read, toFailoverSpec(resource), context),
  );
  const claims = declareClaims(graph, input, own, lastValid);
  const conflicts = declarePortConflicts(graph, claims);
  const findings = graph.map('failoverFindings', input, (resource, read) =>
    allFindings(read, toFailoverSpec(resource), own, claims, conflicts),
  );
  const blocking = graph.map('failoverBlockingFindings', input, (resource, read, key) =>
    (read(findings, key) ?? []).filter((finding) => !keepsPort(read, toFailoverSpec(resource), finding, conflicts)),
  );
  const failovers = graph.map('failovers', input, (newest, read, key) => {
    const resource = inForce(read, key, newest, read(blocking, key) ?? [], lastValid);
    return resource === undefined ? undefined : toFailover(read, resource, context, claims);
  });
  rememberValid(graph, input, blocking, lastValid);
  const byMesh = graph.index('failoversByMesh', failovers, ({ meshes }) => meshes ?? [EVERY_MESH]);
  const byHost = graph.index<FailoverKey, FailoverDestination, PlainKey>('failoversByHost', failovers, ({ hosts }) =>
    hosts.map((host) => host.toLowerCase()),
  );
  return { findings, failovers, byMesh, byHost, addresses: declareHostnameAddresses(graph, failovers) };
}

function allFindings(
  read: Read,
  spec: FailoverSpec,
  own: KeyedTable<FailoverKey, OwnFindings>,
  claims: ClaimTables,
  conflicts: PortConflictTable,
): readonly Diagnostic[] {
  const key = failoverKey(spec.ref);
  const { beforeClaim, afterClaim } = read(own, key) ?? { beforeClaim: [], afterClaim: [] };
  const taken = claimKeys(spec).flatMap((claim) => {
    const owner = read(claims.collisions, claim)?.[key];
    return owner === undefined ? [] : [hostnameTaken(spec, nameOfClaim(claim), owner)];
  });
  const crowded = spec.ports.flatMap(({ number, path }) => {
    const conflict = read(conflicts, String(number))?.[key];
    return conflict === undefined ? [] : [portConflict(spec, [...path, 'number'], number, conflict)];
  });
  return [...beforeClaim, ...taken, ...crowded, ...afterClaim];
}

function portConflict(
  { ref }: FailoverSpec,
  path: FieldPath,
  port: number,
  { older, younger, protocols }: PortConflict,
): Diagnostic {
  const both = `${describeFailover(older)} (${protocols[0]}) and ${describeFailover(younger)} (${protocols[1]})`;
  return {
    ref,
    code: 'PortConflict',
    path,
    severity: 'error',
    message: `Port ${port} is used by both ${both}. TCP and MONGO cannot share a port.`,
  };
}

/** Whether the finding is about a port that the resource keeps, because it had the port first. */
function keepsPort(
  read: Read,
  { ref, ports }: FailoverSpec,
  { code, path }: Diagnostic,
  conflicts: PortConflictTable,
): boolean {
  const port = ports.find((candidate) => formatPath([...candidate.path, 'number']) === formatPath(path));
  const key = failoverKey(ref);
  return code === 'PortConflict' && read(conflicts, String(port?.number))?.[key]?.older === key;
}

function hostnameTaken({ ref, hosts, fields }: FailoverSpec, name: string, owner: FailoverKey): Diagnostic {
  const host = hosts.find(({ value }) => claimedName(value) === name);
  const path = host?.path ?? ['spec', fields.host];
  const message = `Hostname ${host?.value ?? name} is already used by ${describeFailover(owner)}.`;
  return { ref, code: 'HostnameTaken', path, severity: 'error', message };
}

function toFailover(
  read: Read,
  resource: FailoverResource,
  context: FailoverContext,
  claims: ClaimTables,
): FailoverDestination {
  const spec = toFailoverSpec(resource);
  const found = findBackends(read, spec, context).flatMap(({ destination }) => destination ?? []);
  return {
    ref: spec.ref,
    labels: resource.labels,
    hosts: spec.hosts.map(({ value }) => value),
    clusterHost: clusterHost(read, spec, claims, context),
    ports: spec.ports.map((port) => toPort(port, found, spec.backends.type === 'static')),
    meshes: visibleTo(read, spec, context),
    listed: spec.backends.type === 'static',
    mappings: spec.directives.map(toLocalityMapping),
    ...(spec.outlierDetection && { outlierDetection: outlierDetectionOf(spec.outlierDetection) }),
  };
}

/**
 * The hostname that names Envoy's clusters, which must be unique. Not always the first host: two meshes may have the same hostname for
 * different destinations, a service without a cluster has the name of one with a cluster, and an external service has further hosts.
 */
function clusterHost(
  read: Read,
  { ref, hosts, ports }: FailoverSpec,
  { claimants }: ClaimTables,
  { destinations }: FailoverContext,
): string {
  const host = hosts[0]?.value ?? ref.name;
  const own = failoverKey(ref);
  const isSecond = ports.some(({ number }) => (read(claimants, claimKey(host, number)) ?? []).some((key) => key < own));
  const service = serviceCalled(host);
  const isService =
    service !== undefined && read(destinations.byService, serviceKey({ ...service, cluster: '' })) !== undefined;
  const isExternal = (read(destinations.externalsByHost, host) ?? []).some(
    (key) => (read(destinations.destinations, key)?.hosts.length ?? 0) > 1,
  );
  return isSecond || isService || isExternal ? `${host}.${ref.name}.${ref.namespace}` : host;
}

/** A service that was deleted after the resource was valid has no destination. */
function toPort(port: FailoverPort, destinations: readonly Destination[], listed: boolean): FailoverDestinationPort {
  const backings = destinations.flatMap(({ key, ports }): readonly Backing[] => {
    const number = backingPort(ports, port);
    return number === undefined ? [] : [{ destination: key, port: number }];
  });
  return {
    number: port.number,
    protocol: parseProtocol(port.protocol) ?? 'HTTP',
    backings: listed ? backings.map((backing) => [backing]) : [backings],
  };
}

function visibleTo(read: Read, spec: FailoverSpec, { meshes }: FailoverContext): readonly MeshKey[] | undefined {
  const grouped = spec.virtualMesh
    ? (read(meshes.virtualMeshes, virtualMeshKey(spec.virtualMesh.value))?.meshes ?? [])
    : [];
  const all = [...new Set([...spec.meshes.map(({ value }) => meshKey(value)), ...grouped])].sort();
  // A VirtualMesh that was deleted or is empty contains no meshes.
  const isForAll = all.length === 0 && (spec.virtualMesh === undefined || !hasMeshes(read, meshes));
  return isForAll ? undefined : all;
}
