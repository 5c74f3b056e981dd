import assert from 'node:assert/strict';
import { readFileSync, renameSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { service, withDirectory, writeFiles } from './fixtures.test.js';
import type { ResourceBatch } from './contents/table.js';
import { createQueue, deleted, unexpected, upserted, watching } from './watched-directory.test.js';
import { watchFiles } from './watch-files.js';
import { DEFAULT_READ_LIMITS } from './yaml/limits.js';

const EVERYWHERE = { ...DEFAULT_READ_LIMITS, followLinks: true };

describe('watchFiles with symbolic links', () => {
  it('promise 25: applies a ConfigMap at once when the kubelet replaces its symlink', () =>
    withDirectory(async (root) => {
      const directory = join(root, 'mounted');
      const swap = (version: string, files: Readonly<Record<string, string>>): void => {
        const before = version === '..1' ? undefined : readFileSync(join(directory, 'version'), 'utf8');
        writeFiles(
          directory,
          Object.fromEntries(Object.entries(files).map(([name, text]) => [`${version}/${name}`, text])),
        );
        writeFiles(directory, { version });
        symlinkSync(version, join(directory, '..data_tmp'));
        renameSync(join(directory, '..data_tmp'), join(directory, '..data'));
        if (before !== undefined) rmSync(join(directory, before), { recursive: true });
      };
      swap('..1', { 'a.yaml': service('a'), 'b.yaml': service('b') });
      for (const name of ['a.yaml', 'b.yaml']) symlinkSync(`..data/${name}`, join(directory, name));
      const batches = createQueue<ResourceBatch>();
      const source = await watchFiles([directory], { onBatch: batches.put, onError: unexpected });
      try {
        assert.deepEqual(upserted(await batches.take()), ['a', 'b']);
        for (const version of ['..2', '..3']) {
          swap(version, { 'a.yaml': service('a', `${version}.global`), 'b.yaml': service('b', `${version}.global`) });
          const batch = await batches.take();
          assert.deepEqual([upserted(batch), deleted(batch), batch.findings], [['a', 'b'], [], []]);
        }
      } finally {
        await source.close();
      }
    }));

  it('follows links to files outside', () =>
    watching(
      {},
      async ({ directory, next }) => {
        writeFiles(directory, { '../elsewhere/a.yaml': service('a') });
        symlinkSync('../elsewhere/a.yaml', join(directory, 'a.yaml'));
        assert.deepEqual(upserted(await next()), ['a']);
        writeFiles(directory, { '../elsewhere/a.yaml': service('a', 'b.global') });
        assert.deepEqual(upserted(await next()), ['a']);
      },
      { limits: EVERYWHERE },
    ));

  it('applies the new target of a link to the directory', () =>
    withDirectory(async (root) => {
      writeFiles(root, { '1/a.yaml': service('a'), '2/b.yaml': service('b') });
      symlinkSync('1', join(root, 'current'));
      const batches = createQueue<ResourceBatch>();
      const source = await watchFiles([join(root, 'current')], { onBatch: batches.put, onError: unexpected });
      try {
        assert.deepEqual(upserted(await batches.take()), ['a']);
        symlinkSync('2', join(root, 'next'));
        renameSync(join(root, 'next'), join(root, 'current'));
        const swapped = await batches.take();
        assert.deepEqual([upserted(swapped), deleted(swapped)], [['b'], ['a']]);
        writeFiles(root, { '2/c.yaml': service('c') });
        assert.deepEqual(upserted(await batches.take()), ['c']);
      } finally {
        await source.close();
      }
    }));

  it('scans everything regularly, in case an event was lost', () =>
    watching(
      { 'a.yaml': service('a') },
      async ({ directory, next }) => {
        // Nobody tells us of changes behind a link that is two links away.
        writeFiles(directory, { '../far/x/a.yaml': service('b') });
        symlinkSync('x', join(directory, '../far/link'));
        symlinkSync('../far/link/a.yaml', join(directory, 'b.yaml'));
        assert.deepEqual(upserted(await next()), ['b']);
        writeFiles(directory, { '../far/y/a.yaml': service('b', 'new.global') });
        unlinkSync(join(directory, '../far/link'));
        symlinkSync('y', join(directory, '../far/link'));
        assert.deepEqual(upserted(await next()), ['b']);
      },
      { rescanInterval: 20, limits: EVERYWHERE },
    ));
});
