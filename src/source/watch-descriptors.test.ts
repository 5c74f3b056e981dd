import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { service, withDirectory, writeFiles } from './fixtures.test.js';

/** Changes a file while the process has no descriptors left, then frees them. Prints what arrives, and when. */
const SCRIPT = `
import { openSync, closeSync, renameSync } from 'node:fs';
const [url, root] = process.argv.slice(1);
const { watchFiles } = await import(url);
const seen = [];
let wake;
const source = await watchFiles([root + '/conf'], {
  onBatch: ({ upserts, deletes, findings }) => {
    seen.push({ upserts: upserts.length, deletes: deletes.length, codes: findings.map(({ code, severity }) => severity + ' ' + code) });
    wake?.();
  },
  onError: (error) => { throw error; },
  rescanInterval: 3_600_000,
});
const next = () => new Promise((resolve) => (wake = resolve));
const all = [];
try { for (;;) all.push(openSync('/dev/null')); } catch {}
let arrived = next();
renameSync(root + '/new.yaml', root + '/conf/a.yaml');
await arrived;
arrived = next();
for (const one of all) closeSync(one);
await arrived;
await source.close();
console.log(JSON.stringify(seen));
`;

describe('watchFiles without file descriptors', () => {
  it('promise 35: keeps the last content, says so, and reads the file as soon as there are some', () =>
    withDirectory((root) => {
      writeFiles(root, { 'conf/a.yaml': service('a'), 'new.yaml': service('a', 'new.global') });
      const url = new URL('./watch-files.js', import.meta.url).href;
      const limited = ['-c', 'ulimit -n 128 && exec "$@"', 'sh', process.execPath];
      const output = execFileSync('sh', [...limited, '--input-type=module', '-e', SCRIPT, url, root], {
        encoding: 'utf8',
        cwd: join(root),
      });
      assert.deepEqual(JSON.parse(output), [
        { upserts: 1, deletes: 0, codes: [] },
        { upserts: 0, deletes: 0, codes: ['warning UnreadableFile'] },
        { upserts: 1, deletes: 0, codes: [] },
      ]);
    }));
});
