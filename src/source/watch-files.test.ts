import assert from 'node:assert/strict';
import {
  appendFileSync,
  closeSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { brief, service, withDirectory, writeFiles } from './fixtures.test.js';
import type { ResourceBatch } from './contents/table.js';
import { createQueue, deleted, unexpected, upserted, watching } from './watched-directory.test.js';
import { watchFiles } from './watch-files.js';

describe('watchFiles', () => {
  it('begins with all resources in one batch', () =>
    watching(
      { 'a.yaml': service('a'), 'b/c.yaml': `${service('b')}---\n${service('c')}`, 'd.yaml': '[' },
      async ({ first, directory }) => {
        assert.deepEqual(upserted(first), ['a', 'b', 'c']);
        assert.deepEqual(brief(directory, first.findings), ['d.yaml:1:2 error InvalidYaml']);
        return Promise.resolve();
      },
    ));

  it('begins with an empty batch without resources', () =>
    watching({}, async ({ first, next, directory }) => {
      assert.deepEqual([first.upserts, first.deletes], [[], []]);
      assert.deepEqual(brief(dirname(directory), first.findings), ['conf:1:1 warning EmptyPath']);
      assert.match(
        first.findings[0]?.message ?? '',
        /contains no resources\. Files named \*\.yaml, \*\.yml and \*\.json are read\.$/,
      );
      writeFiles(directory, { 'a.yaml': service('a') });
      assert.deepEqual(upserted(await next()), ['a']);
    }));

  it('applies additions, changes and removals', () =>
    watching({ 'a.yaml': service('a') }, async ({ directory, next, inForce }) => {
      writeFiles(directory, { 'b.yaml': service('b') });
      assert.deepEqual(upserted(await next()), ['b']);
      writeFiles(directory, { 'a.yaml': service('a', 'new.global') });
      assert.deepEqual(upserted(await next()), ['a']);
      appendFileSync(join(directory, 'b.yaml'), `---\n${service('c')}`);
      assert.deepEqual(upserted(await next()), ['c']);
      writeFiles(directory, { 'b.yaml': service('c') });
      assert.deepEqual(deleted(await next()), ['b']);
      unlinkSync(join(directory, 'a.yaml'));
      assert.deepEqual(deleted(await next()), ['a']);
      assert.deepEqual([...inForce], [['c', 'a.global']]);
    }));

  it('finds new directories, and forgets removed ones', () =>
    watching({ 'a.yaml': service('a') }, async ({ directory, next }) => {
      writeFiles(directory, { 'deep/er/b.yaml': service('b') });
      assert.deepEqual(upserted(await next()), ['b']);
      writeFiles(directory, { 'deep/er/b.yaml': service('b', 'new.global') });
      assert.deepEqual(upserted(await next()), ['b']);
      renameSync(join(directory, 'deep'), join(directory, 'moved'));
      writeFiles(directory, { 'moved/er/b.yaml': service('b', 'newer.global') });
      assert.deepEqual(upserted(await next()), ['b']);
      rmSync(join(directory, 'moved'), { recursive: true });
      assert.deepEqual(deleted(await next()), ['b']);
    }));

  it('combines files that were written together', () =>
    watching({ 'other.yaml': service('other') }, async ({ directory, next }) => {
      const names = Array.from({ length: 50 }, (_, i) => `s${i}`);
      writeFiles(directory, Object.fromEntries(names.map((name) => [`${name}.yaml`, service(name)])));
      assert.deepEqual(upserted(await next()), [...names].sort());
      for (const name of names) unlinkSync(join(directory, `${name}.yaml`));
      assert.deepEqual(deleted(await next()), [...names].sort());
    }));

  it('reports no change if a document moves to another file', () =>
    watching({ 'a.yaml': service('a') }, async ({ directory, next, first }) => {
      renameSync(join(directory, 'a.yaml'), join(directory, 'z.yaml'));
      writeFiles(directory, { 'b.yaml': service('b') });
      const batch = await next();
      assert.deepEqual([upserted(batch), deleted(batch)], [['b'], []]);
      assert.equal(first.upserts[0]?.locate([]).file, join(directory, 'z.yaml'));
    }));

  it("ignores editors' files and other files", () =>
    watching({ 'a.yaml': service('a') }, async ({ directory, next }) => {
      writeFiles(directory, {
        '.a.yaml.swp': 'x',
        'a.yaml~': '[',
        '.#a.yaml': '[',
        '4913': '',
        'README.md': '[',
        'b.yaml': service('b'),
      });
      const batch = await next();
      assert.deepEqual(upserted(batch), ['b']);
      assert.deepEqual(batch.findings, []);
    }));

  describe('ways to save a file', () => {
    it('by renaming another over it', () =>
      watching({ 'a.yaml': service('a') }, async ({ directory, next }) => {
        for (const hostname of ['b.global', 'c.global']) {
          writeFiles(directory, { '.a.yaml.tmp': service('a', hostname) });
          renameSync(join(directory, '.a.yaml.tmp'), join(directory, 'a.yaml'));
          const batch = await next();
          assert.deepEqual([upserted(batch), deleted(batch)], [['a'], []]);
        }
      }));

    it('by moving the old one away first', () =>
      watching({ 'a.yaml': service('a') }, async ({ directory, next }) => {
        renameSync(join(directory, 'a.yaml'), join(directory, 'a.yaml~'));
        writeFiles(directory, { 'a.yaml': service('a', 'b.global') });
        const batch = await next();
        assert.deepEqual([upserted(batch), deleted(batch), batch.findings], [['a'], [], []]);
      }));

    it('by emptying it first', () =>
      watching({ 'a.yaml': service('a') }, async ({ directory, next }) => {
        writeFileSync(join(directory, 'a.yaml'), '');
        await new Promise((resolve) => setImmediate(resolve));
        writeFileSync(join(directory, 'a.yaml'), service('a', 'b.global'));
        const batch = await next();
        assert.deepEqual([upserted(batch), deleted(batch), batch.findings], [['a'], [], []]);
      }));
  });

  it('reads a file that is written in pieces when it is complete', async () => {
    const [half, rest] = [`${service('b')}---\nkind: [`, `]\n---\n${service('c')}`];
    // Events that are further apart, because the machine is busy, are no burst: then it has to be tried again.
    for (let attempt = 0, gap = Infinity; gap > 8; attempt++) {
      assert.ok(attempt < 200, 'the machine is too busy');
      await watching({ 'a.yaml': service('a') }, async ({ directory, next }) => {
        const descriptor = openSync(join(directory, 'b.yaml'), 'w');
        writeSync(descriptor, half);
        const began = performance.now();
        await delay(3);
        writeSync(descriptor, rest);
        gap = performance.now() - began;
        closeSync(descriptor);
        const batch = await next();
        if (gap <= 8) assert.deepEqual(upserted(batch), ['b', 'c']);
      });
    }
  });

  it('reads all files again on request, and deletes nothing', () =>
    watching({ 'a.yaml': service('a'), 'b.yaml': service('b') }, async ({ directory, source, next, batches }) => {
      await source.reload();
      assert.equal(batches(), 1);
      // The same size and time of change as before, and no event for it.
      const { atime, mtime } = statSync(join(directory, 'a.yaml'));
      writeFiles(directory, { 'a.yaml': service('a', 'b.global') });
      utimesSync(join(directory, 'a.yaml'), atime, mtime);
      await source.reload();
      assert.deepEqual(upserted(await next()), ['a']);
    }));

  it('gives resources without a cluster that of the innermost path with one', () =>
    withDirectory(async (root) => {
      const pod = (name: string, annotations = ''): string =>
        `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}${annotations}}\n`;
      writeFiles(root, {
        'a.yaml': pod('a'),
        'east/a.yaml': pod('a'),
        'east/b.yaml': pod('b', ', annotations: {cluster.solo.io/cluster: own}'),
        'other/c.yaml': pod('c'),
      });
      const batches = createQueue<ResourceBatch>();
      const paths = [
        { path: root, cluster: 'all' },
        { path: join(root, 'east'), cluster: 'east' },
        join(root, 'other'),
      ];
      const source = await watchFiles(paths, { onBatch: batches.put, onError: unexpected });
      try {
        const { upserts, findings } = await batches.take();
        const clusters = upserts.map(
          ({ metadata }) => `${metadata.name} ${metadata.annotations['cluster.solo.io/cluster'] ?? ''}`,
        );
        assert.deepEqual([clusters.sort(), findings], [['a all', 'a east', 'b own', 'c all'], []]);
      } finally {
        await source.close();
      }
    }));
});
