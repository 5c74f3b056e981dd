/** What etcd is asked for, in terms of keys and values as text and bytes. */
import { type EtcdConnection } from './connection.js';
import { rangeEnd } from './keys.js';
import { METHODS, type KeyValue, type RequestOp } from './messages.js';

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

export async function putKey(connection: EtcdConnection, key: string, value: string): Promise<number> {
  const request = { key: Buffer.from(key), value: Buffer.from(value) };
  const { header } = await connection.askAny(METHODS.put, request);
  return header.revision;
}

/** Whether there was such a key. */
export async function deleteKey(connection: EtcdConnection, key: string): Promise<boolean> {
  const { deleted } = await connection.askAny(METHODS.deleteRange, { key: Buffer.from(key) });
  return deleted > 0;
}

/**
 * Applies all changes at once, if the key was created at this revision and not again since; `0`: if it does not exist.
 * @returns the revision of the store afterwards; `undefined` if nothing was applied
 */
export async function commitIf(
  connection: EtcdConnection,
  guard: { readonly key: string; readonly createRevision: number },
  changes: readonly (EtcdChange & { readonly lease?: number })[],
): Promise<number | undefined> {
  const { key, createRevision } = guard;
  const success = changes.map((change): RequestOp => {
    const at = Buffer.from(change.key);
    if (change.value === undefined) return { requestDeleteRange: { key: at } };
    const { value, lease } = change;
    return { requestPut: { key: at, value, ...(lease !== undefined && { lease }) } };
  });
  const compare = [{ target: 'CREATE' as const, key: Buffer.from(key), createRevision }];
  const { header, succeeded } = await connection.ask(METHODS.txn, { compare, success });
  return succeeded ? header.revision : undefined;
}
