/** A start with what an earlier process had: it counts where files are broken or a path is empty, and nowhere else. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { service, withDirectory, writeFiles } from './fixtures.test.js';
import type { PathState } from './contents/path-state.js';
import type { StoredFile } from './state/stored-file.js';
import type { ResourceBatch } from './contents/table.js';
import { createQueue, deleted, unexpected, upserted } from './watched-directory.test.js';
import { type FileSource, type WatchOptions, watchFiles } from './watch-files.js';
import { runToEnd } from '../turns/run-to-end.js';

interface Started {
  readonly source: FileSource;
  readonly first: ResourceBatch;
  readonly next: () => Promise<ResourceBatch>;
  readonly states: readonly PathState[];
}

async function start(
  root: string,
  options: Partial<WatchOptions>,
  test: (started: Started) => Promise<void> | void,
): Promise<void> {
  const batches = createQueue<ResourceBatch>();
  let states: readonly PathState[] = [];
  const source = await watchFiles(
    ['x', 'y'].map((name) => join(root, name)),
    {
      onBatch: batches.put,
      onPaths: (now) => (states = now),
      onError: unexpected,
      ...options,
    },
  );
  try {
    await test({ source, first: await batches.take(), next: batches.take, states });
  } finally {
    await source.close();
  }
}

/** What a process that ends now leaves behind. */
async function stateOf(root: string): Promise<readonly StoredFile[]> {
  let stored: readonly StoredFile[] = [];
  await start(root, {}, ({ source }) => {
    stored = JSON.parse(JSON.stringify(runToEnd(source.stored()))) as readonly StoredFile[];
  });
  return stored;
}

const FILES = { 'x/a.yaml': `${service('a')}---\n${service('b')}`, 'x/c.yaml': service('c'), 'y/d.yaml': service('d') };

describe('watchFiles with an earlier state', () => {
  const cases: Readonly<
    Record<string, readonly [change: (root: string) => void, inForce: readonly string[], restored: number]>
  > = {
    'changes nothing where the files are as they were': [() => undefined, ['a', 'b', 'c', 'd'], 0],
    'promise 23: keeps what a broken document hides': [
      (root) => writeFiles(root, { 'x/a.yaml': `${service('a')}---\n[` }),
      ['a', 'b', 'c', 'd'],
      1,
    ],
    'promise 23: keeps what a broken file hides': [
      (root) => writeFiles(root, { 'x/a.yaml': Buffer.from([0xff, 0xfe]) }),
      ['a', 'b', 'c', 'd'],
      2,
    ],
    'promise 23: keeps what a path had that is gone': [
      (root) => rmSync(join(root, 'y'), { recursive: true }),
      ['a', 'b', 'c', 'd'],
      1,
    ],
    'promise 23: keeps what a path had that is empty': [
      (root) => {
        rmSync(join(root, 'x'), { recursive: true });
        mkdirSync(join(root, 'x'));
      },
      ['a', 'b', 'c', 'd'],
      3,
    ],
    'promise 23: keeps what a file had that is empty': [
      (root) => writeFileSync(join(root, 'x/c.yaml'), ''),
      ['a', 'b', 'c', 'd'],
      1,
    ],
    'has what was removed in the meantime no more': [(root) => rmSync(join(root, 'x/c.yaml')), ['a', 'b', 'd'], 0],
    'has what valid files say': [(root) => writeFiles(root, { 'x/a.yaml': service('e') }), ['c', 'd', 'e'], 0],
  };
  for (const [title, [change, inForce, restored]] of Object.entries(cases))
    it(title, () =>
      withDirectory(async (root) => {
        writeFiles(root, FILES);
        const restore = await stateOf(root);
        change(root);
        await start(root, { restore }, ({ first, source }) => {
          assert.deepEqual([upserted(first), deleted(first)], [inForce, []]);
          assert.equal(source.restored(), restored);
          // What is kept is still there after another such start.
          assert.deepEqual(
            runToEnd(source.stored()).reduce((sum, { documents }) => sum + documents.length, 0),
            inForce.length,
          );
        });
      }),
    );

  it('has the positions of the file that there was', () =>
    withDirectory(async (root) => {
      writeFiles(root, FILES);
      const restore = await stateOf(root);
      writeFiles(root, { 'x/a.yaml': '[' });
      await start(root, { restore }, ({ first }) => {
        const b = first.upserts.find(({ metadata }) => metadata.name === 'b');
        assert.deepEqual(b?.locate(['spec', 'hostname']), { file: join(root, 'x/a.yaml'), line: 11, column: 3 });
      });
    }));

  it('removes what a missing path had after the grace time, and counts what is valid again as read', () =>
    withDirectory(async (root) => {
      writeFiles(root, FILES);
      const restore = await stateOf(root);
      rmSync(join(root, 'y'), { recursive: true });
      writeFiles(root, { 'x/c.yaml': '[' });
      await start(root, { restore, grace: 200, settle: 20 }, async ({ source, next }) => {
        assert.equal(source.restored(), 2);
        writeFiles(root, { 'x/c.yaml': service('c') });
        let batch = await next();
        while (batch.deletes.length === 0) batch = await next();
        assert.deepEqual([deleted(batch), source.restored()], [['d'], 0]);
      });
    }));

  it('contains no Secrets, and of Pods only what is read', () =>
    withDirectory(async (root) => {
      const secret = '{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {k: c2VjcmV0}}';
      const pod = `{apiVersion: v1, kind: Pod, metadata: {name: p, labels: {a: b}}, spec: {nodeName: n, containers: [{env: [{name: K, value: c2VjcmV0}]}]}}`;
      const json = JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: [
          { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { k: 'c2VjcmV0' } },
          { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } },
        ],
      });
      writeFiles(root, {
        'x/a.yaml': `${secret}\n---\n${pod}\n`,
        'x/b.yaml': `kind: List\nitems:\n- ${secret}\n- ${pod.replace('name: p', 'name: q')}\n`,
        'x/c.json': json,
        'y/d.yaml': service('d'),
      });
      const stored = await stateOf(root);
      assert.doesNotMatch(JSON.stringify(stored), /c2VjcmV0/u);
      rmSync(join(root, 'x'), { recursive: true });
      await start(root, { restore: stored }, ({ first }) => {
        assert.deepEqual(upserted(first), ['d', 'n', 'p', 'q']);
        const p = first.upserts.find(({ metadata }) => metadata.name === 'p');
        assert.deepEqual([p?.metadata.labels, p?.document['spec']], [{ a: 'b' }, { nodeName: 'n' }]);
      });
    }));
});
