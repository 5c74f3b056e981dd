/**
 * Failover destinations with protocols that cannot share a port. Both get a finding. The older one keeps the port, so that a new resource
 * never takes a port from a resource in force, also after a restart.
 */
import { byAge } from '../../api/resource.js';
import { type Graph, type Key, type PlainKey, type Read, type Table, partsCodec } from '../../graph/index.js';
import { type Claim, type ClaimTables, type ClaimedSpec, claimKeys, overlap } from './hostname-conflicts.js';
import { type FailoverKey, failoverKey } from '../model/failover-key.js';
import { needsPortAlone } from '../model/port-sharing.js';
import { parseProtocol } from '../model/protocol.js';

export interface PortConflict {
  /** The keys of the two. */
  readonly older: FailoverKey;
  readonly younger: FailoverKey;
  /** The protocol of each on the port. */
  readonly protocols: readonly [older: string, younger: string];
}

/** By the key of a failover destination with a conflict. */
export type PortConflicts = Readonly<Record<string, PortConflict>>;

/** By port number. */
export type PortConflictTable = Table<PlainKey, PortConflicts>;

/** A port. `sole`: the protocol cannot share it. */
type PortUseKey = Key<'use of a port'>;

const PORT_USE = partsCodec<PortUseKey, readonly [port: string, use: 'sole' | '']>(2);

export function declarePortConflicts(graph: Graph, { claims, collisions }: ClaimTables): PortConflictTable {
  const byPort = graph.index('claimsByPort', claims, ({ spec }) =>
    spec.ports.map(({ number, protocol }) => PORT_USE.format(String(number), isSole(protocol) ? 'sole' : '')),
  );
  const ownsItsHost = (read: Read, { spec, resource }: Claim): boolean =>
    claimKeys(spec).every((key) => read(collisions, key)?.[failoverKey(resource.ref)] === undefined);
  return graph.derive<PlainKey, PortConflicts>('portConflicts', (read, port) => {
    const sole = read(byPort, PORT_USE.format(port, 'sole'));
    if (sole === undefined) return undefined;
    const keys = new Set([...sole, ...(read(byPort, PORT_USE.format(port, '')) ?? [])]);
    const rivals = [...keys].flatMap((key) => read(claims, key) ?? []).filter((claim) => ownsItsHost(read, claim));
    return findConflicts(rivals, Number(port));
  });
}

function isSole(protocol: string): boolean {
  const known = parseProtocol(protocol);
  return known !== undefined && needsPortAlone(known);
}

function findConflicts(claims: readonly Claim[], port: number): PortConflicts {
  const owners: Claim[] = [];
  const conflicts: Record<string, PortConflict> = {};
  for (const claim of [...claims].sort((a, b) => byAge(a.resource, b.resource))) {
    const owner = owners.find((older) => collide(older, claim, port));
    if (owner === undefined) {
      owners.push(claim);
      continue;
    }
    const [older, younger] = [failoverKey(owner.resource.ref), failoverKey(claim.resource.ref)];
    const conflict: PortConflict = {
      older,
      younger,
      protocols: [protocolOn(owner.spec, port), protocolOn(claim.spec, port)],
    };
    conflicts[younger] = conflict;
    conflicts[older] ??= conflict;
  }
  return conflicts;
}

function collide(a: Claim, b: Claim, port: number): boolean {
  return overlap(a.meshes, b.meshes) && (isSole(protocolOn(a.spec, port)) || isSole(protocolOn(b.spec, port)));
}

function protocolOn({ ports }: ClaimedSpec, port: number): string {
  return (ports.find(({ number }) => number === port)?.protocol ?? '').toUpperCase();
}
