import assert from 'node:assert/strict';
import { renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brief, service, withDirectory, writeFiles } from './fixtures.test.js';
import type { ResourceBatch } from './contents/table.js';
import { createQueue, deleted, unexpected, upserted, watching } from './watched-directory.test.js';
import { watchFiles } from './watch-files.js';

describe('watchFiles and the last content', () => {
  it('keeps the content of an invalid file, and reports when it is valid again', () =>
    watching({ 'a.yaml': service('a'), 'b.yaml': service('b') }, async ({ directory, next, inForce }) => {
      writeFiles(directory, { 'a.yaml': `${service('a')}  port: {` });
      const broken = await next();
      assert.deepEqual([upserted(broken), deleted(broken)], [[], []]);
      assert.deepEqual(brief(directory, broken.newFindings), [
        'a.yaml:6:10 error InvalidYaml',
        'a.yaml:6:10 warning LastGoodKept',
      ]);
      writeFiles(directory, { 'b.yaml': service('b', 'new.global') });
      const other = await next();
      assert.deepEqual([upserted(other), other.newFindings, other.findings.length], [['b'], [], 2]);
      writeFileSync(join(directory, 'b.yaml'), '');
      assert.deepEqual(brief(directory, (await next()).newFindings), ['b.yaml:1:1 warning EmptyFile']);
      assert.deepEqual([...inForce.keys()], ['a', 'b']);
      writeFiles(directory, { 'a.yaml': service('a'), 'b.yaml': service('b', 'new.global') });
      const whole = await next();
      assert.deepEqual([upserted(whole), whole.findings], [[], []]);
    }));

  it('keeps the content of a file that cannot be read', () =>
    watching({ 'a.yaml': service('a'), 'b.yaml': service('b') }, async ({ directory, next, inForce }) => {
      unlinkSync(join(directory, 'a.yaml'));
      symlinkSync('nowhere', join(directory, 'a.yaml'));
      assert.deepEqual(brief(directory, (await next()).findings), ['a.yaml:1:1 warning UnreadableFile']);
      assert.deepEqual([...inForce.keys()], ['a', 'b']);
      unlinkSync(join(directory, 'a.yaml'));
      assert.deepEqual(deleted(await next()), ['a']);
    }));

  it('watches a single file, also while it does not exist', () =>
    watching(
      { 'a.yaml': service('a'), 'b.yaml': service('b') },
      async ({ directory, next, first }) => {
        assert.deepEqual(upserted(first), ['a']);
        writeFiles(directory, { 'b.yaml': service('b', 'new.global'), 'a.yaml': service('a', 'new.global') });
        assert.deepEqual(upserted(await next()), ['a']);
        unlinkSync(join(directory, 'a.yaml'));
        const gone = await next();
        assert.deepEqual(deleted(gone), []);
        assert.deepEqual(brief(directory, gone.findings), ['a.yaml:1:1 error PathNotFound']);
        writeFiles(directory, { 'a.yaml': service('a', 'new.global') });
        const back = await next();
        assert.deepEqual([upserted(back), deleted(back), back.findings], [[], [], []]);
      },
      { path: 'conf/a.yaml' },
    ));

  it('keeps the content of a removed directory until it returns', () =>
    watching({ 'a.yaml': service('a'), 'b.yaml': service('b') }, async ({ directory, next, inForce }) => {
      renameSync(directory, `${directory}-away`);
      assert.deepEqual(brief(dirname(directory), (await next()).findings), ['conf:1:1 error PathNotFound']);
      assert.deepEqual([...inForce.keys()], ['a', 'b']);
      writeFiles(directory, { 'a.yaml': service('a') });
      const back = await next();
      assert.deepEqual([upserted(back), deleted(back), back.findings], [[], [], []]);
      assert.deepEqual(deleted(await next()), ['b']);
      writeFiles(directory, { 'c.yaml': service('c') });
      assert.deepEqual(upserted(await next()), ['c']);
    }));

  it('keeps the last content of a file through several mistakes', () =>
    watching({ 'a.yaml': service('a'), 'b.yaml': service('b') }, async ({ directory, next, inForce }) => {
      for (const mistake of ['[', '{{ .Values.a }}', 'kind: 5\n']) {
        writeFiles(directory, { 'a.yaml': mistake });
        assert.deepEqual(deleted(await next()), [], mistake);
      }
      assert.deepEqual([...inForce.keys()], ['a', 'b']);
    }));

  describe('a path that suddenly becomes empty', () => {
    const two = { 'a.yaml': service('a'), 'b.yaml': service('b') };
    const ways: Readonly<Record<string, (directory: string) => void>> = {
      'is gone': (directory) => renameSync(directory, `${directory}-away`),
      'is removed file by file': (directory) => rmSync(directory, { recursive: true }),
      'has no files': (directory) => Object.keys(two).forEach((name) => unlinkSync(join(directory, name))),
      'has empty files': (directory) => Object.keys(two).forEach((name) => writeFileSync(join(directory, name), '')),
      'has lists of nothing': (directory) =>
        Object.keys(two).forEach((name) => writeFileSync(join(directory, name), 'kind: List\nitems: []\n')),
      'has resources that are not read': (directory) =>
        Object.keys(two).forEach((name) =>
          writeFileSync(join(directory, name), 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n'),
        ),
      'is a file': (directory) => {
        rmSync(directory, { recursive: true });
        writeFileSync(directory, '');
      },
    };
    for (const [title, empty] of Object.entries(ways)) {
      it(`keeps its resources when it ${title}, without a change when they are back`, () =>
        watching(two, async ({ directory, next, inForce, states }) => {
          empty(directory);
          const gone = await next();
          assert.deepEqual([upserted(gone), deleted(gone)], [[], []]);
          assert.match(
            gone.newFindings[0]?.message ?? '',
            / no longer (?:exists|contains resources)\. Its last (?:\d+ )?resources? stays? in force until 20\d\d-.*Z\.$/,
          );
          assert.deepEqual([states()[0]?.resources, states()[0]?.held, states()[0]?.errors], [0, 2, 1]);
          rmSync(directory, { recursive: true, force: true });
          writeFiles(directory, two);
          const back = await next();
          assert.deepEqual([upserted(back), deleted(back), back.findings], [[], [], []]);
          assert.deepEqual([...inForce.keys()], ['a', 'b']);
          assert.deepEqual([states()[0]?.resources, states()[0]?.held, states()[0]?.problem], [2, 0, undefined]);
        }));

      it(`removes its resources after a time when it ${title}`, () =>
        watching(
          two,
          async ({ directory, next, inForce }) => {
            empty(directory);
            let batch = await next();
            while (batch.deletes.length === 0) batch = await next();
            assert.deepEqual(deleted(batch), ['a', 'b']);
            assert.equal(inForce.size, 0);
          },
          { grace: 100 },
        ));
    }

    it('removes its resources at once without a grace time', () =>
      watching(
        two,
        async ({ directory, next }) => {
          rmSync(directory, { recursive: true });
          assert.deepEqual(deleted(await next()), ['a', 'b']);
        },
        { grace: 0 },
      ));

    it('does not affect other paths', () =>
      withDirectory(async (root) => {
        writeFiles(root, { 'east/a.yaml': service('a'), 'west/b.yaml': service('b'), 'west/c.yaml': service('c') });
        const batches = createQueue<ResourceBatch>();
        const paths = ['east', 'west'].map((name) => join(root, name));
        const source = await watchFiles(paths, { onBatch: batches.put, onError: unexpected });
        try {
          await batches.take();
          rmSync(join(root, 'east'), { recursive: true });
          assert.deepEqual(brief(root, (await batches.take()).findings), ['east:1:1 error PathNotFound']);
          unlinkSync(join(root, 'west/b.yaml'));
          assert.deepEqual(deleted(await batches.take()), ['b']);
          writeFiles(root, { 'west/c.yaml': service('c', 'new.global') });
          assert.deepEqual(upserted(await batches.take()), ['c']);
        } finally {
          await source.close();
        }
      }));

    it('keeps the resources of an emptied file, and removes them after a time', () =>
      watching(
        two,
        async ({ directory, next }) => {
          writeFileSync(join(directory, 'a.yaml'), '# nothing\n');
          const emptied = await next();
          assert.deepEqual(
            [deleted(emptied), brief(directory, emptied.findings)],
            [[], ['a.yaml:1:1 warning EmptyFile']],
          );
          const removed = await next();
          assert.deepEqual(
            [deleted(removed), removed.findings[0]?.message],
            [['a'], 'The file contains no resources.'],
          );
        },
        { grace: 100 },
      ));

    it('keeps the resources of a path that cannot be read', () =>
      withDirectory(async (root) => {
        writeFiles(root, { 'x/conf/a.yaml': service('a') });
        const batches = createQueue<ResourceBatch>();
        const source = await watchFiles([join(root, 'x/conf')], {
          onBatch: batches.put,
          onError: () => undefined,
          grace: 0,
          rescanInterval: 20,
        });
        try {
          await batches.take();
          rmSync(join(root, 'x'), { recursive: true });
          // A link in a circle stands for a server that does not answer: not found is not what the system says.
          symlinkSync('x', join(root, 'x'));
          const batch = await batches.take();
          assert.deepEqual([deleted(batch), brief(root, batch.findings)], [[], ['x/conf:1:1 error UnreadableFile']]);
        } finally {
          await source.close();
        }
      }));
  });
});
