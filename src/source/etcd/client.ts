/** What etcd is asked for, in terms of keys and values as text and bytes. */
import type { EtcdConnection } from './connection.js';
import { rangeEnd } from './keys.js';
import { type Compare, type KeyValue, METHODS, type RequestOp } from './messages.js';

/** Keys in one page of a list. Values have up to 1.5 MiB each. */
const PAGE_SIZE = 100;

/** A key with its value. */
export interface EtcdEntry {
  readonly key: string;
  readonly value: Buffer;
  /** The revision of the last change. */
  readonly revision: number;
}

/** All keys under a prefix, of one moment. */
export interface EtcdListing {
  readonly entries: readonly EtcdEntry[];
  readonly revision: number;
}

/** A change of one key. `undefined`: it is deleted. */
export interface EtcdChange {
  readonly key: string;
  readonly value: Buffer | undefined;
  /** The lease with which the key is deleted. */
  readonly lease?: number;
}

export function entryOf({ key, value, modRevision }: KeyValue): EtcdEntry {
  return { key: key.toString('utf8'), value, revision: modRevision };
}

/** Reads all keys under a prefix, page by page, all of one revision. @throws EtcdError */
export async function listPrefix(
  connection: EtcdConnection,
  prefix: string,
  { pageSize = PAGE_SIZE } = {},
): Promise<EtcdListing> {
  const entries: EtcdEntry[] = [];
  const end = rangeEnd(prefix);
  let [key, revision] = [Buffer.from(prefix), 0];
  for (;;) {
    const page = await connection.askAny(METHODS.range, { key, rangeEnd: end, limit: pageSize, revision });
    revision ||= page.header.revision;
    entries.push(...page.kvs.map(entryOf));
    const last = page.kvs.at(-1);
    if (!page.more || last === undefined) return { entries, revision };
    // The first key after the last one.
    key = Buffer.concat([last.key, Buffer.of(0)]);
  }
}

/** A condition: the key was created at this revision, and not again since. `0`: it does not exist. */
export interface EtcdGuard {
  readonly key: string;
  readonly createRevision: number;
}

/**
 * Applies all changes at once. A member takes at most 128 of them by default, and 1.5 MiB.
 * @returns the revision of the store afterwards; `undefined` if nothing was applied, because of the guard
 * @throws EtcdError
 */
export async function commitChanges(
  connection: EtcdConnection,
  changes: readonly EtcdChange[],
  guard?: EtcdGuard,
): Promise<number | undefined> {
  const compare = guard === undefined ? [] : [compareOf(guard)];
  const request = { compare, success: changes.map(operationOf) };
  // The guard may fail the second time because the first attempt was applied, so it is not asked twice.
  const asked = guard === undefined ? connection.askAny(METHODS.txn, request) : connection.ask(METHODS.txn, request);
  const { header, succeeded } = await asked;
  return succeeded ? header.revision : undefined;
}

function compareOf({ key, createRevision }: EtcdGuard): Compare {
  return { target: 'CREATE', key: Buffer.from(key), createRevision };
}

function operationOf({ key, value, lease }: EtcdChange): RequestOp {
  const at = Buffer.from(key);
  if (value === undefined) return { requestDeleteRange: { key: at } };
  return { requestPut: { key: at, value, ...(lease !== undefined && { lease }) } };
}

/** Operations of one transaction, of the 128 that a member takes by default. */
const MOST_CHANGES = 100;
/** Bytes of one transaction, of the 1.5 MiB that a member takes by default. */
const MOST_BYTES = 2 ** 20;

/** The changes in portions that fit into one transaction each. A larger value is alone. */
export function portionsOf(changes: readonly EtcdChange[]): readonly (readonly EtcdChange[])[] {
  const portions: EtcdChange[][] = [];
  let bytes = 0;
  for (const change of changes) {
    const size = Buffer.byteLength(change.key) + (change.value?.length ?? 0);
    const last = portions.at(-1);
    if (last === undefined || last.length === MOST_CHANGES || bytes + size > MOST_BYTES) {
      portions.push([change]);
      bytes = size;
    } else {
      last.push(change);
      bytes += size;
    }
  }
  return portions;
}
