import assert from 'node:assert/strict';
import { runCommand } from '../testing/run-command.js';

const COMMANDS = ['serve', 'check', 'get', 'proxies', 'snapshot', 'bootstrap'];

describe('lifeboat', () => {
  it('lists its commands', async () => {
    const { code, out, err } = await runCommand(['--help']);
    assert.deepEqual([code, err], [0, '']);
    for (const command of COMMANDS) assert.match(out, new RegExp(`^  ${command} `, 'm'));
  });

  it('prints its version', async () => {
    assert.deepEqual(await runCommand(['--version']), { code: 0, out: '1.2.3\n', err: '' });
  });

  for (const command of COMMANDS) {
    it(`describes every flag of ${command} with default and environment variable`, async () => {
      const { code, out } = await runCommand([command, '--help']);
      assert.equal(code, 0);
      const flags = out
        .slice(out.indexOf('Options:'))
        .split(/^ {2}(?=-)/m)
        .slice(1)
        .map((text) => text.replace(/\s+/g, ' '));
      assert.ok(flags.length > 1);
      for (const flag of flags.filter((text) => !text.includes('--help'))) {
        assert.match(flag, /\((?:one of [^;]*; )?(?:default: .+|required); env: LIFEBOAT_[A-Z_]+\) ?$/);
      }
    });
  }

  const wrongUsages = [
    [],
    ['fly'],
    ['--fly'],
    ['check'],
    ['check', '--fly', 'x'],
    ['check', '-o', 'xml', 'x'],
    ['get', 'a/b/c'],
    ['get', 'a/b', 'c'],
    ['get', '/b'],
    ['get', 'a', 'b', 'c'],
    ['get', '--server', 'http://:::'],
    ['snapshot', '--config', '/'],
    ['snapshot', '--node-id', 'a', '--config', '/', '--server', 'http://127.0.0.1:1'],
    ['snapshot', '--node-id', 'a', '--config', '/', '--locality', 'a//b'],
    ['snapshot', '--node-id', 'a', '--config', '/', '--labels', 'a'],
    ['snapshot', '--node-id', 'a', '--config', '/', '--metadata', 'a'],
    ['bootstrap'],
    ['bootstrap', '--node-id', 'a', '--xds-address', 'a'],
    ['bootstrap', '--node-id', 'a', '--role', 'waypoint'],
    ['bootstrap', '--node-id', 'a', '--listen-address', 'localhost'],
    ['bootstrap', '--node-id', 'a', '--listen-port-offset', '1.5'],
    ['serve'],
  ];
  for (const argv of wrongUsages) {
    it(`reports wrong usage for "${argv.join(' ')}"`, async () => {
      const { code, out, err } = await runCommand(argv);
      assert.deepEqual([code, out], [2, '']);
      assert.notEqual(err, '');
      assert.doesNotMatch(err, /^ +at /m);
    });
  }

  it('reports an internal error in one sentence', async () => {
    const load = () => Promise.reject(new Error('boom'));
    const { code, err } = await runCommand(['check', '/'], { ports: { load } });
    assert.deepEqual([code, err], [1, 'error: Internal error, please report it: boom\n']);
  });

  it('colours errors on a terminal only, and not with NO_COLOR', async () => {
    const argv = ['check', '/does/not/exist'];
    assert.ok((await runCommand(argv, { isTTY: true })).err.startsWith('\u001b[31merror:'));
    assert.match((await runCommand(argv, { isTTY: true, env: { NO_COLOR: '1' } })).err, /^error:/);
    assert.match((await runCommand(argv)).err, /^error:/);
  });
});
