/**
 * The `hostAliases` of a Pod with the failover hostnames. Those of the user stay, also within an entry that has hostnames of both: Kubernetes
 * admits one entry for an address. https://kubernetes.io/docs/tasks/network/customize-hosts-file-for-pods/
 */
import { type Mapping, isDataMapping, asList } from '../edits/data.js';

/** Hostnames by address that inject has added. */
export type AddedHostnames = Readonly<Record<string, readonly string[]>>;

export interface HostAliases {
  /** Empty if no entry is left. */
  readonly entries: readonly unknown[];
  readonly added: AddedHostnames;
  /** Hostnames that the user maps to another address. */
  readonly taken: readonly { readonly hostname: string; readonly address: string }[];
}

type Wanted = readonly { readonly hostname: string; readonly address: string }[];

/**
 * @param current `hostAliases` of the Pod.
 * @param before what inject has added earlier; what is not wanted any more is removed.
 */
export function hostAliases(current: unknown, before: AddedHostnames, wanted: Wanted): HostAliases {
  const wantedAt = (address: unknown): readonly string[] =>
    wanted.filter((entry) => entry.address === address).map(({ hostname }) => hostname);
  const kept = asList(current).flatMap((entry) => withoutOld(entry, before, wantedAt));
  const taken = wanted.flatMap(({ hostname, address }) =>
    kept.flatMap((entry) => {
      const other = isDataMapping(entry) && hostnamesOf(entry).includes(hostname) ? entry['ip'] : address;
      return typeof other === 'string' && other !== address ? [{ hostname, address: other }] : [];
    }),
  );
  const isTaken = ({ hostname }: Wanted[number]): boolean => taken.some((one) => one.hostname === hostname);
  return {
    ...withNew(
      kept,
      wanted.filter((entry) => !isTaken(entry)),
      before,
    ),
    taken,
  };
}

/** An entry without hostnames that inject has added and that are not wanted; none if no hostname is left. */
function withoutOld(
  entry: unknown,
  before: AddedHostnames,
  wantedAt: (address: unknown) => readonly string[],
): readonly unknown[] {
  if (!isDataMapping(entry)) return [entry];
  const [old, wanted] = [addedAt(before, entry['ip']), wantedAt(entry['ip'])];
  const isOld = (hostname: unknown): boolean =>
    old.includes(hostname as string) && !wanted.includes(hostname as string);
  const hostnames = hostnamesOf(entry);
  const left = hostnames.filter((hostname) => !isOld(hostname));
  if (left.length === hostnames.length) return [entry];
  return left.length === 0 ? [] : [{ ...entry, hostnames: left }];
}

function withNew(kept: readonly unknown[], wanted: Wanted, before: AddedHostnames): Omit<HostAliases, 'taken'> {
  const entries = [...kept];
  const added: Record<string, readonly string[]> = {};
  for (const address of new Set(wanted.map((entry) => entry.address))) {
    const hostnames = wanted.filter((entry) => entry.address === address).map(({ hostname }) => hostname);
    const index = entries.findIndex((entry) => isDataMapping(entry) && entry['ip'] === address);
    const entry = entries[index];
    const present = isDataMapping(entry) ? hostnamesOf(entry) : [];
    const missing = hostnames.filter((hostname) => !present.includes(hostname));
    const own = hostnames.filter(
      (hostname) => missing.includes(hostname) || addedAt(before, address).includes(hostname),
    );
    if (own.length > 0) added[address] = own;
    if (missing.length === 0) continue;
    if (isDataMapping(entry)) entries[index] = { ...entry, hostnames: [...present, ...missing] };
    else entries.push({ ip: address, hostnames: missing });
  }
  return { entries, added };
}

function addedAt(before: AddedHostnames, address: unknown): readonly string[] {
  return typeof address === 'string' && Object.hasOwn(before, address) ? (before[address] ?? []) : [];
}

function hostnamesOf(entry: Mapping): readonly unknown[] {
  return asList(entry['hostnames']);
}
