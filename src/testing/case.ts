/**
 * A golden case: documents (`in.yaml`), the clients that look at them (`clients.yaml`) and, optionally, steps that change them
 * (`changes.yaml`). All other files of its folder are results.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { RawResource, ResourceRef } from '../api/resource.js';
import type { SnapshotQuery } from '../control-plane/api/api.js';
import { createFileTable } from '../source/contents/table.js';
import { nextContent } from '../source/contents/last-good-content.js';
import type { ResourceBatch } from '../source/contents/table.js';

/** The files of a case that are not results. */
export const CASE_FILES: readonly string[] = ['in.yaml', 'clients.yaml', 'changes.yaml'];

/** One step: a change of the documents. */
export interface Step {
  readonly name: string;
  /** New or changed documents, as YAML. */
  readonly put?: string;
  /** Removed documents as `Kind/namespace/name`, with `/cluster` if their names include it. */
  readonly remove?: readonly string[];
}

export interface Case {
  readonly clients: Readonly<Record<string, SnapshotQuery>>;
  readonly steps: readonly Step[];
  /** The documents of `in.yaml`, as a source reads them. */
  readonly first: ResourceBatch;
  /** The changes of a step. */
  batch(step: Step): ResourceBatch;
}

/** A client in the test data. */
export interface ClientYaml {
  readonly cluster?: string;
  readonly locality?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Only for a gRPC client. */
  readonly targets?: readonly string[];
}

export function readCase(folder: string): Case {
  const files = createFileTable();
  const take = (file: string, text: string): ResourceBatch => {
    files.set(file, read(file, text));
    return files.commit() ?? { upserts: [], deletes: [], findings: [], newFindings: [] };
  };
  const clients = readClients(folder);
  const first = take('in.yaml', readFileSync(join(folder, 'in.yaml'), 'utf8'));
  let batches = 0;
  return {
    clients,
    steps: (readYaml(folder, 'changes.yaml') ?? []) as readonly Step[],
    first,
    batch: ({ put = '', remove = [] }) => {
      // A new table for each step, because a step may replace documents of any file.
      const table = createFileTable();
      const file = `step-${String(++batches)}.yaml`;
      if (put !== '') table.set(file, read(file, put));
      const { upserts = [] } = table.commit() ?? {};
      const changed = upserts.map((raw) => ({ ...raw, arrival: batches + 1, generation: batches + 1 }));
      return { upserts: changed, deletes: remove.map(toRef), findings: [], newFindings: [] };
    },
  };
}

/** The clients of a folder's `clients.yaml`. */
export function readClients(folder: string): Readonly<Record<string, SnapshotQuery>> {
  const clients = (readYaml(folder, 'clients.yaml') ?? {}) as Readonly<Record<string, ClientYaml>>;
  return Object.fromEntries(Object.entries(clients).map(([name, client]) => [name, toQuery(name, client)]));
}

/** The documents of a text, as a source reads them from a file of that name. */
export function readDocuments(file: string, text: string): readonly RawResource[] {
  const files = createFileTable();
  files.set(file, read(file, text));
  const { upserts, findings } = files.commit() ?? { upserts: [], findings: [] };
  if (findings.length > 0) throw new Error(`${file}: ${findings.map(({ message }) => message).join(' ')}`);
  return upserts;
}

function read(file: string, text: string): ReturnType<ReturnType<typeof createFileTable>['content']> {
  const steps = nextContent(file, createFileTable().content(file), { text, identity: file });
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

function readYaml(folder: string, name: string): unknown {
  const path = join(folder, name);
  return existsSync(path) ? parse(readFileSync(path, 'utf8')) : undefined;
}

export function toQuery(
  nodeId: string,
  { cluster, locality = '', labels, metadata, targets }: ClientYaml,
): SnapshotQuery {
  const [region = '', zone = '', subZone = ''] = locality.split('/');
  const known = {
    ...(cluster !== undefined && { cluster }),
    ...(labels && { labels }),
    ...(metadata && { metadata }),
    ...(targets && { targets }),
  };
  return { nodeId, region, zone, subZone, ...known };
}

function toRef(text: string): ResourceRef {
  const [kind = '', namespace = '', name = '', cluster] = text.split('/');
  return { kind, namespace, name, ...(cluster !== undefined && { cluster }) };
}
