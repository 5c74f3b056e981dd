/** Decides which of several failover destinations owns a hostname and port: in each mesh, the oldest valid one. */
import { byAge } from '../../api/resource.js';
import { type Graph, type Input, type Key, type KeyedTable, type Table, partsCodec } from '../../graph/index.js';
import { qualifiedName } from '../discovery/hosts.js';
import type { OwnFindings } from './failover-findings.js';
import { type FailoverResource, type FailoverSpec, toFailoverSpec } from '../model/failover-spec.js';
import { hasErrors } from '../model/last-valid.js';
import { type FailoverKey, failoverKey } from '../model/failover-key.js';
import { type MeshKey, meshKey } from '../model/object-key.js';

/** The version of a failover destination that claims its hostname and port. */
export interface Claim {
  readonly resource: FailoverResource;
  readonly spec: ClaimedSpec;
  /** `undefined`: it claims the hostname in every mesh. */
  readonly meshes: readonly MeshKey[] | undefined;
}

/** The fields that claim hostnames and ports. */
export type ClaimedSpec = Pick<FailoverSpec, 'hosts' | 'ports'>;

/** For each claimant with a conflict: the key of the older claimant. Claimants without a conflict are absent. */
export type Collisions = Readonly<Record<string, FailoverKey>>;

/** A hostname, as `claimedName` formats it, and a port. In each mesh it can have one owner. */
export type ClaimKey = Key<'claim'>;

const CLAIM = partsCodec<ClaimKey, readonly [name: string, port: string]>(2);

export function claimKey(hostname: string, port: number): ClaimKey {
  return CLAIM.format(claimedName(hostname), String(port));
}

/** The hostname, as `claimedName` formats it. */
export function nameOfClaim(key: ClaimKey): string {
  return CLAIM.parse(key)[0];
}

export interface ClaimTables {
  readonly claims: KeyedTable<FailoverKey, Claim>;
  readonly collisions: Table<ClaimKey, Collisions>;
  /** All claimants in all meshes. */
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

/** Two claims with the same hostname and port conflict. */
export function claimKeys({ hosts, ports }: ClaimedSpec): readonly ClaimKey[] {
  const names = new Set(hosts.map(({ value }) => claimedName(value)));
  return [...names].flatMap((name) => ports.map(({ number }) => CLAIM.format(name, String(number))));
}

/** A hostname in the form of a service name also claims the shorter forms of that name. */
export function claimedName(hostname: string): string {
  return hostname.includes('.') ? qualifiedName(hostname, { namespace: '' }) : hostname;
}

/** `undefined`, every mesh, if the resource names a VirtualMesh, or neither meshes nor a VirtualMesh. */
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

/** Whether a mesh is in both lists. `undefined` is every mesh. */
export function overlap(a: readonly MeshKey[] | undefined, b: readonly MeshKey[] | undefined): boolean {
  return a === undefined || b === undefined || a.some((mesh) => b.includes(mesh));
}
