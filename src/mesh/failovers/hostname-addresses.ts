/**
 * An address for each failover destination, so that intercepted connections to it can be told from those to other places: without a
 * Host or a server name, the address that a connection is meant for is all that there is to see. Nobody listens at it.
 */
import type { ResourceRef } from '../../api/resource.js';
import type { Graph, KeyedTable, PlainKey, Table } from '../../graph/index.js';
import { type FailoverKey, failoverKey } from '../model/failover-key.js';
import type { FailoverDestination } from '../model/model.js';

/** An IPv4 address of its own in 240.0.0.0/4. No row where all of its candidates are taken. */
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

/** All that have an address among their candidates. */
type Claimants = (address: string) => readonly ResourceRef[];

/** The first candidate that nobody else has a better claim to. */
function addressOf(ref: ResourceRef, claimants: Claimants, before = MAX_CANDIDATES): string | undefined {
  return candidateAddresses(ref)
    .slice(0, before)
    .find((address) => ownerOf(address, claimants) === failoverKey(ref));
}

/** Of those that have no better candidate, the one whose better candidate it is, then the first by key. */
function ownerOf(address: string, claimants: Claimants): string | undefined {
  const wanting = claimants(address).flatMap((ref) => {
    const rank = candidateAddresses(ref).indexOf(address);
    return addressOf(ref, claimants, rank) === undefined ? [{ key: failoverKey(ref), rank }] : [];
  });
  const [best] = wanting.sort((a, b) => a.rank - b.rank || (a.key < b.key ? -1 : 1));
  return best?.key;
}

/** How many addresses each may have: that of Gloo Mesh, and others in case that one is taken. */
const MAX_CANDIDATES = 4;

/** Best first; the first is the one that Gloo Mesh gave to a FailoverService. */
export function candidateAddresses({ name, namespace }: Pick<ResourceRef, 'name' | 'namespace'>): readonly string[] {
  const attempts = Array.from({ length: MAX_CANDIDATES }, (_, attempt) =>
    hashedAddress(`${name}${namespace}failover-service${attempt === 0 ? '' : attempt}`),
  );
  return [...new Set(attempts)];
}

/** The hash's bytes, the last first, with the four leading bits set. */
function hashedAddress(text: string): string {
  const hash = fnv1(text);
  const bytes = [hash & 0xff, (hash >>> 8) & 0xff, (hash >>> 16) & 0xff, hash >>> 24];
  bytes[0] = (bytes[0] ?? 0) | 0xf0;
  // The last one of all is for broadcasts.
  return bytes.every((byte) => byte === 255) ? '255.255.255.254' : bytes.join('.');
}

/** FNV-1 with 32 bits. http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv1(text: string): number {
  return Buffer.from(text).reduce((hash, byte) => (Math.imul(hash, 0x01000193) ^ byte) >>> 0, 0x811c9dc5);
}
