/** Decides which of several failover destinations owns a hostname and port: in each mesh, the oldest valid one. */
import { byAge } from '../../api/resource.js';
import { type Graph, type Input, type Key, type KeyedTable, type Table, partsCodec } from '../../graph/index.js';
import { qualifiedName } from '../discovery/hosts.js';
import type { OwnFindings } from './failover-findings.js';
import { type FailoverResource, type FailoverSpec, toFailoverSpec } from '../model/failover-spec.js';
import { hasErrors } from '../model/last-valid.js';
import { type FailoverKey, failoverKey } from '../model/failover-key.js';
import { type MeshKey, meshKey } from '../model/object-key.js';

/** The version of a failover destination that competes for its hostname and its port. */
export interface Claim {
  readonly resource: FailoverResource;
  readonly spec: ClaimedSpec;
  /** `undefined`: it claims the hostname in every mesh. */
  readonly meshes: readonly MeshKey[] | undefined;
}

/** What hostnames and ports are claimed by. */
export type ClaimedSpec = Pick<FailoverSpec, 'hosts' | 'ports'>;

/** By key of a claimant: the key of the older one that it collides with. Claimants that may have the hostname are not in it. */
export type Collisions = Readonly<Record<string, FailoverKey>>;

/** What can be owned once in a mesh: a hostname, as `claimedName` gives it, and a port. */
export type ClaimKey = Key<'claim'>;

const CLAIM = partsCodec<ClaimKey, readonly [name: string, port: string]>(2);

export function claimKey(hostname: string, port: number): ClaimKey {
  return CLAIM.format(claimedName(hostname), String(port));
}

/** The hostname, as `claimedName` gives it. */
export function nameOfClaim(key: ClaimKey): string {
  return CLAIM.parse(key)[0];
}

export interface ClaimTables {
  readonly claims: KeyedTable<FailoverKey, Claim>;
  readonly collisions: Table<ClaimKey, Collisions>;
  /** All claimants, in whichever mesh. */
  readonly claimants: Table<ClaimKey, readonly FailoverKey[]>;
}

export function declareClaims(
  graph: Graph,
  input: Input<FailoverKey, FailoverResource>,
  own: KeyedTable<FailoverKey, OwnFindings>,
  lastValid: Input<FailoverKey, FailoverResource>,
): ClaimTables {
  const claims = graph.map<FailoverKey, FailoverResource, Claim>('hostnameClaims', input, (newest, read, key) => {
    const findings = read(own, key);
    const invalid = findings === undefined || hasErrors([...findings.beforeClaim, ...findings.afterClaim]);
    const resource = invalid ? read(lastValid, key) : newest;
    if (resource === undefined) return undefined;
    const spec = toFailoverSpec(resource);
    return { resource, spec: { hosts: spec.hosts, ports: spec.ports }, meshes: wantedMeshes(spec) };
  });
  const byHost = graph.index('claimsByHost', claims, ({ spec }) => claimKeys(spec));
  const collisions = graph.derive<ClaimKey, Collisions>('hostnameCollisions', (read, key) =>
    collide((read(byHost, key) ?? []).flatMap((claimant) => read(claims, claimant) ?? [])),
  );
  return { claims, collisions, claimants: byHost };
}

/** Claims collide where hostname and port are the same. */
export function claimKeys({ hosts, ports }: ClaimedSpec): readonly ClaimKey[] {
  const names = new Set(hosts.map(({ value }) => claimedName(value)));
  return [...names].flatMap((name) => ports.map(({ number }) => CLAIM.format(name, String(number))));
}

/** A hostname that is called like a service is claimed with its shorter forms. */
export function claimedName(hostname: string): string {
  return hostname.includes('.') ? qualifiedName(hostname, { namespace: '' }) : hostname;
}

/** Where neither meshes nor a VirtualMesh is named, or a VirtualMesh is, the hostname is wanted wherever anybody else wants it. */
function wantedMeshes(spec: FailoverSpec): readonly MeshKey[] | undefined {
  return spec.meshes.length === 0 ? undefined : spec.meshes.map(({ value }) => meshKey(value));
}

function collide(claims: readonly Claim[]): Collisions {
  const owners: Claim[] = [];
  const collisions: Record<string, FailoverKey> = {};
  for (const claim of [...claims].sort((a, b) => byAge(a.resource, b.resource))) {
    const owner = owners.find((older) => overlap(older.meshes, claim.meshes));
    if (owner === undefined) owners.push(claim);
    else collisions[failoverKey(claim.resource.ref)] = failoverKey(owner.resource.ref);
  }
  return collisions;
}

/** Whether some mesh is in both; `undefined` is every mesh. */
export function overlap(a: readonly MeshKey[] | undefined, b: readonly MeshKey[] | undefined): boolean {
  return a === undefined || b === undefined || a.some((mesh) => b.includes(mesh));
}
