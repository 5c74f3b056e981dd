/**
 * An IP address for each failover destination. An intercepted connection without a host header or SNI can only be assigned to a failover
 * destination by its destination address. Nothing listens on these addresses.
 */
import type { ResourceRef } from '../../api/resource.js';
import type { Graph, KeyedTable, PlainKey, Table } from '../../graph/index.js';
import { type FailoverKey, failoverKey } from '../model/failover-key.js';
import type { FailoverDestination } from '../model/model.js';

/** A unique IPv4 address in 240.0.0.0/4. No row if all candidates are taken. */
export type HostnameAddressTable = Table<FailoverKey, string>;

export function declareHostnameAddresses(
  graph: Graph,
  failovers: KeyedTable<FailoverKey, FailoverDestination>,
): HostnameAddressTable {
  const candidates = graph.index<FailoverKey, FailoverDestination, PlainKey>(
    'failoversByCandidateAddress',
    failovers,
    ({ ref }) => candidateAddresses(ref),
  );
  return graph.derive<FailoverKey, string>('hostnameAddresses', (read, key) => {
    const failover = read(failovers, key);
    return (
      failover &&
      addressOf(failover.ref, (address) =>
        (read(candidates, address) ?? []).flatMap((of) => read(failovers, of)?.ref ?? []),
      )
    );
  });
}

/** All failover destinations with this address among their candidates. */
type Claimants = (address: string) => readonly ResourceRef[];

/** The first candidate of this failover destination that no other one takes. */
function addressOf(ref: ResourceRef, claimants: Claimants, before = MAX_CANDIDATES): string | undefined {
  return candidateAddresses(ref)
    .slice(0, before)
    .find((address) => ownerOf(address, claimants) === failoverKey(ref));
}

/** Among those without a better candidate: the one whose better candidate it is, then the first by key. */
function ownerOf(address: string, claimants: Claimants): string | undefined {
  const wanting = claimants(address).flatMap((ref) => {
    const rank = candidateAddresses(ref).indexOf(address);
    return addressOf(ref, claimants, rank) === undefined ? [{ key: failoverKey(ref), rank }] : [];
  });
  const [best] = wanting.sort((a, b) => a.rank - b.rank || (a.key < b.key ? -1 : 1));
  return best?.key;
}

/** The number of candidates: the address that Gloo Mesh assigns, and some more in case another one takes it. */
const MAX_CANDIDATES = 4;

/** In order of preference. The first is the address that Gloo Mesh assigned to a FailoverService. */
export function candidateAddresses({ name, namespace }: Pick<ResourceRef, 'name' | 'namespace'>): readonly string[] {
  const first = fnv1(`${name}${namespace}failover-service`);
  // The hash of a longer text continues that of its beginning.
  const attempts = Array.from({ length: MAX_CANDIDATES }, (_, attempt) =>
    hashedAddress(attempt === 0 ? first : fnv1(String(attempt), first)),
  );
  return [...new Set(attempts)];
}

/** The bytes of the hash in reverse, with the first four bits set. */
function hashedAddress(hash: number): string {
  const bytes = [hash & 0xff, (hash >>> 8) & 0xff, (hash >>> 16) & 0xff, hash >>> 24];
  bytes[0] = (bytes[0] ?? 0) | 0xf0;
  // The last address of all is the broadcast address.
  return bytes.every((byte) => byte === 255) ? '255.255.255.254' : bytes.join('.');
}

/** FNV-1 with 32 bits. http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv1(text: string, before = 0x811c9dc5): number {
  return Buffer.from(text).reduce((hash, byte) => (Math.imul(hash, 0x01000193) ^ byte) >>> 0, before);
}
