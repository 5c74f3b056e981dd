/** A watched directory for tests of `watchFiles`: its files, and the batches, errors and states that arrive. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { withDirectory, writeFiles } from './fixtures.test.js';
import type { SourceError } from './files/source-error.js';
import type { PathState } from './contents/path-state.js';
import type { ResourceBatch } from './contents/table.js';
import { type FileSource, type WatchOptions, watchFiles } from './watch-files.js';

/** A watched directory whose batches a test waits for. */
export interface Watched {
  /** Where the files are. */
  readonly directory: string;
  /** The names in force, with their hostnames, after all batches so far. */
  readonly inForce: ReadonlyMap<string, unknown>;
  readonly first: ResourceBatch;
  /** The next batch that no call has got yet. */
  readonly next: () => Promise<ResourceBatch>;
  /** The next error that no call has got yet. */
  readonly nextError: () => Promise<SourceError>;
  /** How many batches there were. */
  readonly batches: () => number;
  /** How the paths fare since the last look. */
  readonly states: () => readonly PathState[];
  readonly source: FileSource;
}

/** What arrives, for one who waits for it. */
export function createQueue<Item>(): { readonly put: (item: Item) => void; readonly take: () => Promise<Item> } {
  const items: Item[] = [];
  const waiting: ((item: Item) => void)[] = [];
  return {
    put: (item) => {
      const taker = waiting.shift();
      if (taker === undefined) items.push(item);
      else taker(item);
    },
    take: async () => items.shift() ?? new Promise((resolve) => waiting.push(resolve)),
  };
}

/** Watches `conf` in a new directory, after putting files there. */
export function watching(
  files: Readonly<Record<string, string>>,
  test: (watched: Watched) => Promise<void>,
  options: Partial<WatchOptions> & { readonly path?: string } = {},
): Promise<void> {
  return withDirectory(async (root) => {
    const directory = join(root, 'conf');
    mkdirSync(directory);
    writeFiles(directory, files);
    const [batches, errors] = [createQueue<ResourceBatch>(), createQueue<SourceError>()];
    const inForce = new Map<string, unknown>();
    let [count, states] = [0, [] as readonly PathState[]];
    const { onBatch, path, ...rest } = options;
    const source = await watchFiles([join(root, path ?? 'conf')], {
      onBatch: (batch, now) => {
        onBatch?.(batch, now);
        for (const { name } of batch.deletes) inForce.delete(name);
        for (const { metadata, document } of batch.upserts) {
          inForce.set(metadata.name, (document['spec'] as { readonly hostname?: string }).hostname);
        }
        count++;
        batches.put(batch);
      },
      onPaths: (now) => (states = now),
      onError: errors.put,
      settle: 20,
      ...rest,
    });
    try {
      await test({
        ...{ directory, inForce, first: await batches.take(), next: batches.take, nextError: errors.take },
        ...{ batches: () => count, states: () => states, source },
      });
    } finally {
      await source.close();
    }
  });
}

export function unexpected(error: SourceError): void {
  assert.ifError(error);
}

export function upserted({ upserts }: ResourceBatch): readonly string[] {
  return upserts.map(({ metadata }) => metadata.name).sort();
}

export function deleted({ deletes }: ResourceBatch): readonly string[] {
  return deletes.map(({ name }) => name).sort();
}
