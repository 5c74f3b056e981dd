import assert from 'node:assert/strict';
import { brief, service, withDirectory, writeFiles } from './fixtures.test.js';
import type { ResourceBatch } from './contents/table.js';
import { unexpected, upserted, watching } from './watched-directory.test.js';
import { watchFiles } from './watch-files.js';

describe('watchFiles after failures', () => {
  it('reports directories that it cannot watch, and continues', () =>
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

  it('continues after an error of its receiver', () => {
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

  it('ends its watches if the first batch cannot be applied', () =>
    withDirectory(async (directory) => {
      const failing = watchFiles([directory], {
        onBatch: () => {
          throw new Error('receiver');
        },
        onError: unexpected,
      });
      await assert.rejects(failing, /receiver/);
    }));

  it('reports nothing after it was closed', () =>
    withDirectory(async (directory) => {
      const batches: ResourceBatch[] = [];
      const source = await watchFiles([directory], { onBatch: (batch) => batches.push(batch), onError: unexpected });
      writeFiles(directory, { 'a.yaml': service('a') });
      await source.close();
      await source.close();
      assert.equal(batches.length, 1);
    }));
});
