/** `lifeboat etcd list [PATH…]`: what is in etcd, with the statuses beside it. */
import { refOfDocument } from '../../api/kinds.js';
import type { ResourceRef } from '../../api/resource.js';
import { fileOfKey, keyOfResource, readFiles, statusPrefix } from '../../source/index.js';
import type { EtcdEntry } from '../../source/etcd/client.js';
import { EXIT, type ExitCode } from '../output/cli-error.js';
import { toJson, toTable, toYaml } from '../output/output.js';
import { type Terminal, write } from '../output/terminal.js';
import type { GivenPaths } from '../queries/load-paths.js';
import { keyedDocuments } from './documents.js';
import type { EtcdSession } from './session.js';

export interface ListOptions {
  /** Only what these files have. Absent: all. */
  readonly given?: GivenPaths;
  readonly terminal: Terminal;
  readonly output: 'json' | 'yaml' | 'table';
}

/** A document. Without kind and name: the value cannot be read, and `problem` says why. */
interface ListedDocument {
  readonly key: string;
  /** etcd's revision of the last change. */
  readonly revision: number;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly cluster?: string;
  readonly status?: Readonly<Record<string, unknown>>;
  readonly problem?: string;
}

export async function listDocuments(session: EtcdSession, options: ListOptions): Promise<ExitCode> {
  const { given, terminal, output } = options;
  const wanted = given && keyedDocuments(given, session.prefix).documents;
  const { entries } = await session.list(session.prefix);
  const statuses = await statusesOf(session);
  const items = entries
    .filter(({ key }) => wanted === undefined || wanted.has(key))
    .flatMap((entry) => documentsIn(entry, statuses));
  await write(terminal.stdout, output === 'table' ? tableOf(items) : (output === 'json' ? toJson : toYaml)({ items }));
  return EXIT.fine;
}

/** By `KIND/NAMESPACE/NAME`. */
async function statusesOf(session: EtcdSession): Promise<ReadonlyMap<string, ListedDocument['status']>> {
  const at = statusPrefix(session.prefix);
  const { entries } = await session.list(at);
  return new Map(entries.map(({ key, value }) => [key.slice(at.length), statusIn(value)]));
}

function statusIn(value: Buffer): ListedDocument['status'] {
  try {
    return (JSON.parse(value.toString('utf8')) as { readonly status?: ListedDocument['status'] }).status;
  } catch {
    // Not written by Lifeboat.
    return undefined;
  }
}

function documentsIn(
  { key, value, revision }: EtcdEntry,
  statuses: ReadonlyMap<string, ListedDocument['status']>,
): readonly ListedDocument[] {
  const { resources, findings } = readFiles([], { texts: [{ name: fileOfKey(key), bytes: value }] });
  if (resources.length === 0) {
    const problem = findings[0]?.message ?? 'The value has no resources.';
    return [{ key, revision, kind: '', namespace: '', name: '', problem }];
  }
  return resources.map(refOfDocument).map((ref: ResourceRef) => {
    const status = statuses.get(keyOfResource(ref));
    return { key, revision, ...ref, ...(status !== undefined && { status }) };
  });
}

function tableOf(items: readonly ListedDocument[]): string {
  const rows = items.map(({ key, kind, namespace, name, revision, status, problem }) => {
    const state = status?.['state'];
    return [key, kind, namespace, name, String(revision), typeof state === 'string' ? state : '', problem ?? ''];
  });
  return toTable(['KEY', 'KIND', 'NAMESPACE', 'NAME', 'REVISION', 'STATE', 'PROBLEM'], rows);
}
