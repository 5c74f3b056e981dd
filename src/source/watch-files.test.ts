import assert from 'node:assert/strict';
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { brief, service, withDirectory, writeFiles } from './fixtures.test.js';
import type { SourceError } from './files/source-error.js';
import type { Batch } from './table.js';
import type { PathState } from './path-state.js';
import { type FileSource, type WatchOptions, watchFiles } from './watch-files.js';

/** A watched directory whose batches a test waits for. */
interface Watched {
  /** Where the files are. */
  readonly directory: string;
  /** The names in force, with their hostnames, after all batches so far. */
  readonly standing: ReadonlyMap<string, unknown>;
  readonly first: Batch;
  /** The next batch that no call has got yet. */
  readonly next: () => Promise<Batch>;
  /** The next error that no call has got yet. */
  readonly nextError: () => Promise<SourceError>;
  /** How many batches there were. */
  readonly batches: () => number;
  /** How the paths fare since the last look. */
  readonly states: () => readonly PathState[];
  readonly source: FileSource;
}

/** What arrives, for one who waits for it. */
function createQueue<Item>(): { readonly put: (item: Item) => void; readonly take: () => Promise<Item> } {
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
function watching(
  files: Readonly<Record<string, string>>,
  test: (watched: Watched) => Promise<void>,
  options: Partial<WatchOptions> & { readonly path?: string } = {},
): Promise<void> {
  return withDirectory(async (root) => {
    const directory = join(root, 'conf');
    mkdirSync(directory);
    writeFiles(directory, files);
    const [batches, errors] = [createQueue<Batch>(), createQueue<SourceError>()];
    const standing = new Map<string, unknown>();
    let [count, states] = [0, [] as readonly PathState[]];
    const { onBatch, path, ...rest } = options;
    const source = await watchFiles([join(root, path ?? 'conf')], {
      onBatch: (batch, now) => {
        onBatch?.(batch, now);
        for (const { name } of batch.deletes) standing.delete(name);
        for (const { metadata, document } of batch.upserts) {
          standing.set(metadata.name, (document['spec'] as { readonly hostname?: string }).hostname);
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
        ...{ directory, standing, first: await batches.take(), next: batches.take, nextError: errors.take },
        ...{ batches: () => count, states: () => states, source },
      });
    } finally {
      await source.close();
    }
  });
}

function unexpected(error: SourceError): void {
  assert.ifError(error);
}

function upserted({ upserts }: Batch): readonly string[] {
  return upserts.map(({ metadata }) => metadata.name).sort();
}

function deleted({ deletes }: Batch): readonly string[] {
  return deletes.map(({ name }) => name).sort();
}

describe('watchFiles', () => {
  it('begins with everything, as one batch', () =>
    watching(
      { 'a.yaml': service('a'), 'b/c.yaml': `${service('b')}---\n${service('c')}`, 'd.yaml': '[' },
      async ({ first, directory }) => {
        assert.deepEqual(upserted(first), ['a', 'b', 'c']);
        assert.deepEqual(brief(directory, first.findings), ['d.yaml:1:2 error InvalidYaml']);
        return Promise.resolve();
      },
    ));

  it('gives an empty batch where there is nothing', () =>
    watching({}, async ({ first, next, directory }) => {
      assert.deepEqual([first.upserts, first.deletes], [[], []]);
      assert.deepEqual(brief(dirname(directory), first.findings), ['conf:1:1 warning EmptyPath']);
      assert.match(
        first.findings[0]?.message ?? '',
        /holds no resources\. Files named \*\.yaml, \*\.yml and \*\.json are read\.$/,
      );
      writeFiles(directory, { 'a.yaml': service('a') });
      assert.deepEqual(upserted(await next()), ['a']);
    }));

  it('applies what is added, changed and removed', () =>
    watching({ 'a.yaml': service('a') }, async ({ directory, next, standing }) => {
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
      assert.deepEqual([...standing], [['c', 'a.global']]);
    }));

  it('finds directories that appear, and loses those that go', () =>
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

  it('hands on as one what was written together', () =>
    watching({ 'other.yaml': service('other') }, async ({ directory, next }) => {
      const names = Array.from({ length: 50 }, (_, i) => `s${i}`);
      writeFiles(directory, Object.fromEntries(names.map((name) => [`${name}.yaml`, service(name)])));
      assert.deepEqual(upserted(await next()), [...names].sort());
      for (const name of names) unlinkSync(join(directory, `${name}.yaml`));
      assert.deepEqual(deleted(await next()), [...names].sort());
    }));

  it('sees no change where a document moves to another file', () =>
    watching({ 'a.yaml': service('a') }, async ({ directory, next, first }) => {
      renameSync(join(directory, 'a.yaml'), join(directory, 'z.yaml'));
      writeFiles(directory, { 'b.yaml': service('b') });
      const batch = await next();
      assert.deepEqual([upserted(batch), deleted(batch)], [['b'], []]);
      assert.equal(first.upserts[0]?.locate([]).file, join(directory, 'z.yaml'));
    }));

  it('takes no notice of editors and other files', () =>
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

  it('keeps what it had while a file is broken, and says when it is whole again', () =>
    watching({ 'a.yaml': service('a'), 'b.yaml': service('b') }, async ({ directory, next, standing }) => {
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
      assert.deepEqual([...standing.keys()], ['a', 'b']);
      writeFiles(directory, { 'a.yaml': service('a'), 'b.yaml': service('b', 'new.global') });
      const whole = await next();
      assert.deepEqual([upserted(whole), whole.findings], [[], []]);
    }));

  it('keeps what it had while a file cannot be read', () =>
    watching({ 'a.yaml': service('a'), 'b.yaml': service('b') }, async ({ directory, next, standing }) => {
      unlinkSync(join(directory, 'a.yaml'));
      symlinkSync('nowhere', join(directory, 'a.yaml'));
      assert.deepEqual(brief(directory, (await next()).findings), ['a.yaml:1:1 warning UnreadableFile']);
      assert.deepEqual([...standing.keys()], ['a', 'b']);
      unlinkSync(join(directory, 'a.yaml'));
      assert.deepEqual(deleted(await next()), ['a']);
    }));

  it('applies the whole of a ConfigMap at once, as the kubelet swaps it', () =>
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
      const batches = createQueue<Batch>();
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

  it('follows links to files elsewhere', () =>
    watching({}, async ({ directory, next }) => {
      writeFiles(directory, { '../elsewhere/a.yaml': service('a') });
      symlinkSync('../elsewhere/a.yaml', join(directory, 'a.yaml'));
      assert.deepEqual(upserted(await next()), ['a']);
      writeFiles(directory, { '../elsewhere/a.yaml': service('a', 'b.global') });
      assert.deepEqual(upserted(await next()), ['a']);
    }));

  it('watches a single file, and its place when it is gone', () =>
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

  it('keeps what it had when the whole directory is gone, until it is back', () =>
    watching({ 'a.yaml': service('a'), 'b.yaml': service('b') }, async ({ directory, next, standing }) => {
      renameSync(directory, `${directory}-away`);
      assert.deepEqual(brief(dirname(directory), (await next()).findings), ['conf:1:1 error PathNotFound']);
      assert.deepEqual([...standing.keys()], ['a', 'b']);
      writeFiles(directory, { 'a.yaml': service('a') });
      const back = await next();
      assert.deepEqual([upserted(back), deleted(back), back.findings], [[], [], []]);
      assert.deepEqual(deleted(await next()), ['b']);
      writeFiles(directory, { 'c.yaml': service('c') });
      assert.deepEqual(upserted(await next()), ['c']);
    }));

  it('takes several mistakes in a row for one: what a file had last stays', () =>
    watching({ 'a.yaml': service('a'), 'b.yaml': service('b') }, async ({ directory, next, standing }) => {
      for (const mistake of ['[', '{{ .Values.a }}', 'kind: 5\n']) {
        writeFiles(directory, { 'a.yaml': mistake });
        assert.deepEqual(deleted(await next()), [], mistake);
      }
      assert.deepEqual([...standing.keys()], ['a', 'b']);
    }));

  it('reads a file that is written in pieces when it is whole', async () => {
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

  it('reads everything again when told to, and ends nothing', () =>
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

  describe('a path that suddenly holds nothing', () => {
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
      it(`keeps what it had when it ${title}, and nothing changes when that is back`, () =>
        watching(two, async ({ directory, next, standing, states }) => {
          empty(directory);
          const gone = await next();
          assert.deepEqual([upserted(gone), deleted(gone)], [[], []]);
          assert.match(
            gone.newFindings[0]?.message ?? '',
            / any more\. The .*resources? that it had stays? in force until 20\d\d-.*Z\.$/,
          );
          assert.deepEqual([states()[0]?.resources, states()[0]?.held, states()[0]?.errors], [0, 2, 1]);
          rmSync(directory, { recursive: true, force: true });
          writeFiles(directory, two);
          const back = await next();
          assert.deepEqual([upserted(back), deleted(back), back.findings], [[], [], []]);
          assert.deepEqual([...standing.keys()], ['a', 'b']);
          assert.deepEqual([states()[0]?.resources, states()[0]?.held, states()[0]?.problem], [2, 0, undefined]);
        }));

      it(`removes what it had after a time when it ${title}`, () =>
        watching(
          two,
          async ({ directory, next, standing }) => {
            empty(directory);
            let batch = await next();
            while (batch.deletes.length === 0) batch = await next();
            assert.deepEqual(deleted(batch), ['a', 'b']);
            assert.equal(standing.size, 0);
          },
          { grace: 100 },
        ));
    }

    it('removes what it had at once where no time is given', () =>
      watching(
        two,
        async ({ directory, next }) => {
          rmSync(directory, { recursive: true });
          assert.deepEqual(deleted(await next()), ['a', 'b']);
        },
        { grace: 0 },
      ));

    it('leaves other paths alone', () =>
      withDirectory(async (root) => {
        writeFiles(root, { 'east/a.yaml': service('a'), 'west/b.yaml': service('b'), 'west/c.yaml': service('c') });
        const batches = createQueue<Batch>();
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

    it('keeps what a file had that is emptied, and removes it after a time', () =>
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
          assert.deepEqual([deleted(removed), removed.findings[0]?.message], [['a'], 'The file holds no resources.']);
        },
        { grace: 100 },
      ));

    it('keeps what a path had that cannot be looked at', () =>
      withDirectory(async (root) => {
        writeFiles(root, { 'x/conf/a.yaml': service('a') });
        const batches = createQueue<Batch>();
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

  it('gives resources the cluster of the innermost path that has one, where they name none', () =>
    withDirectory(async (root) => {
      const pod = (name: string, annotations = ''): string =>
        `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}${annotations}}\n`;
      writeFiles(root, {
        'a.yaml': pod('a'),
        'east/a.yaml': pod('a'),
        'east/b.yaml': pod('b', ', annotations: {cluster.solo.io/cluster: own}'),
        'other/c.yaml': pod('c'),
      });
      const batches = createQueue<Batch>();
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

  it('applies what a link to the directory is turned to', () =>
    withDirectory(async (root) => {
      writeFiles(root, { '1/a.yaml': service('a'), '2/b.yaml': service('b') });
      symlinkSync('1', join(root, 'current'));
      const batches = createQueue<Batch>();
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

  it('looks at everything now and then, in case no event came', () =>
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
      { rescanInterval: 20 },
    ));

  it('says which directories it cannot watch, and goes on', () =>
    watching(
      {},
      async ({ directory, first, next, nextError }) => {
        assert.deepEqual(brief(directory, first.findings), ['not/there:1:1 error PathNotFound']);
        const error = await nextError();
        assert.equal(error.code, 'WatchFailed');
        assert.match(
          error.message,
          /^Changes in .*\/conf\/not are not reported \(ENOENT.*the directory is polled every second instead\.$/,
        );
        writeFiles(directory, { 'not/there/a.yaml': service('a') });
        assert.deepEqual(upserted(await next()), ['a']);
      },
      { path: 'conf/not/there', rescanInterval: 20 },
    ));

  it('goes on after its receiver has failed', () => {
    let failing = false;
    return watching(
      { 'a.yaml': service('a') },
      async ({ directory, next, nextError }) => {
        failing = true;
        writeFiles(directory, { 'b.yaml': service('b') });
        const error = await nextError();
        assert.equal(error.code, 'BatchFailed');
        assert.match(String(error.cause), /receiver/);
        failing = false;
        writeFiles(directory, { 'c.yaml': service('c') });
        assert.deepEqual(upserted(await next()), ['c']);
      },
      {
        onBatch: () => {
          if (failing) throw new Error('receiver');
        },
      },
    );
  });

  it('ends its watches where the first batch cannot be applied', () =>
    withDirectory(async (directory) => {
      const failing = watchFiles([directory], {
        onBatch: () => {
          throw new Error('receiver');
        },
        onError: unexpected,
      });
      await assert.rejects(failing, /receiver/);
    }));

  it('is silent once closed', () =>
    withDirectory(async (directory) => {
      const batches: Batch[] = [];
      const source = await watchFiles([directory], { onBatch: (batch) => batches.push(batch), onError: unexpected });
      writeFiles(directory, { 'a.yaml': service('a') });
      await source.close();
      await source.close();
      assert.equal(batches.length, 1);
    }));
});
