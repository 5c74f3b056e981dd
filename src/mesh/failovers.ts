/** FailoverServices and VirtualDestinations that are in force, and the findings about those that are not. */
import type { Diagnostic } from '../api/diagnostic.js';
import { resourceKey } from '../api/resource.js';
import type { Graph, Input, KeyedTable, Read, Table } from '../graph/index.js';
import { backingPort } from './backing-port.js';
import { serviceKey } from './destinations.js';
import { type FailoverContext, type OwnFindings, ownFindings } from './failover-findings.js';
import { type FailoverResource, type FailoverSpec, toFailoverSpec } from './failover-spec.js';
import { type ClaimTables, claimKey, declareClaims } from './hostname-claims.js';
import { inForce, rememberValid } from './in-force.js';
import { type Backing, type FailoverDestination, objectKey } from './model.js';
import { parseProtocol } from './protocol.js';

export interface FailoverTables {
  /** By `resourceKey`. */
  readonly findings: KeyedTable<readonly Diagnostic[]>;
  /** Those in force, by `resourceKey`. */
  readonly failovers: KeyedTable<FailoverDestination>;
  /** Keys of failovers by the mesh that they are visible to; those visible to all in the group `everyMesh`. */
  readonly byMesh: Table<readonly string[]>;
}

/** The group of what every client sees. No mesh has this key. */
export const everyMesh = '*';

export function declareFailovers(
  graph: Graph,
  input: Input<FailoverResource>,
  lastValid: Input<FailoverResource>,
  context: FailoverContext,
): FailoverTables {
  const own = graph.map('failoverOwnFindings', input, (resource, read) => ownFindings(read, toFailoverSpec(resource), context));
  const claims = declareClaims(graph, input, own, lastValid);
  const findings = graph.map('failoverFindings', input, (resource, read) => allFindings(read, resource, own, claims));
  const failovers = graph.map('failovers', input, (newest, read, key) => {
    const resource = inForce(read, key, newest, read(findings, key) ?? [], lastValid);
    return resource === undefined ? undefined : toFailover(read, toFailoverSpec(resource), context);
  });
  rememberValid(graph, input, findings, lastValid);
  const byMesh = graph.index('failoversByMesh', failovers, ({ meshes }) => meshes ?? [everyMesh]);
  return { findings, failovers, byMesh };
}

function allFindings(
  read: Read,
  resource: FailoverResource,
  own: KeyedTable<OwnFindings>,
  claims: ClaimTables,
): readonly Diagnostic[] {
  const key = resourceKey(resource.ref);
  const { beforeClaim, afterClaim } = read(own, key) ?? { beforeClaim: [], afterClaim: [] };
  const failoverSpec = toFailoverSpec(resource);
  const owner = read(claims.collisions, claimKey(failoverSpec))?.[key];
  return owner === undefined ? [...beforeClaim, ...afterClaim] : [...beforeClaim, taken(failoverSpec, owner), ...afterClaim];
}

function taken({ ref, hostname }: FailoverSpec, owner: string): Diagnostic {
  const [kind = '', namespace = '', name = ''] = owner.split('/');
  const message = `Hostname ${hostname} is already used by ${kind} ${name}.${namespace}.`;
  return { ref, code: 'HostnameTaken', path: ['spec', 'hostname'], severity: 'error', message };
}

function toFailover(read: Read, spec: FailoverSpec, context: FailoverContext): FailoverDestination | undefined {
  const { port } = spec;
  if (port === undefined) return undefined;
  return {
    ref: spec.ref,
    hostname: spec.hostname,
    port: port.number,
    protocol: parseProtocol(port.protocol) ?? 'HTTP',
    meshes: visibleTo(read, spec, context),
    backings: spec.services.flatMap((service) => toBacking(read, serviceKey(service.ref), port, context)),
  };
}

/** A service that has gone since the resource was valid is no tier. */
function toBacking(read: Read, service: string, port: NonNullable<FailoverSpec['port']>, { destinations }: FailoverContext): readonly Backing[] {
  const [destination] = read(destinations.byService, service) ?? [];
  if (destination === undefined) return [];
  const number = backingPort(read(destinations.destinations, destination)?.ports ?? [], port);
  return number === undefined ? [] : [{ destination, port: number }];
}

function visibleTo(read: Read, spec: FailoverSpec, { meshes }: FailoverContext): readonly string[] | undefined {
  const grouped = spec.virtualMesh ? (read(meshes.virtualMeshes, objectKey(spec.virtualMesh.ref))?.meshes ?? []) : [];
  const all = [...new Set([...spec.meshes.map(({ ref }) => objectKey(ref)), ...grouped])].sort();
  return all.length === 0 ? undefined : all;
}

