/** Runs the commands in the documentation for new users, unchanged, in a network namespace without other servers. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { envoyBinary } from '../envoy/binary.js';
import { runProgram } from './support/processes/child-process.js';
import { ensureCommand } from './support/processes/debian-package.js';
import { eventually } from './support/processes/eventually.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The first block of commands after a heading or sentence. */
async function commandsAfter(page: string, mark: string): Promise<string> {
  const text = await readFile(join(ROOT, page), 'utf8');
  const [, commands] = /```sh\n(.*?)```/s.exec(text.slice(text.indexOf(mark))) ?? [];
  assert.ok(text.includes(mark) && commands !== undefined, `${page} has no commands after "${mark}"`);
  return commands;
}

/** Runs the commands in a separate network namespace, in a folder like a clone. Returns their output. Fails if a control plane is left running. */
async function run(commands: string): Promise<string> {
  await ensureCommand('ip', 'iproute2');
  await ensureCommand('curl', 'curl');
  const binary = await envoyBinary();
  const clone = await mkdtemp(join(tmpdir(), 'lifeboat-first-look-'));
  try {
    for (const name of ['dist', 'envoy', 'examples', 'docs', 'node_modules', 'package.json'])
      await symlink(join(ROOT, name), join(clone, name));
    const script = `ip link set lo up\ncd ${clone}\nexport ENVOY_BIN=${binary}\n${commands}\nwait\n! curl --silent http://127.0.0.1:18001/healthz`;
    const shell = runProgram('unshare', ['--net', '--pid', '--fork', '--kill-child', 'bash', '-c', script]);
    const exit = await eventually(() => shell.ended(), { what: 'the commands end', timeout: 90_000 }).finally(() =>
      shell.stop(),
    );
    const output = shell.output.join('\n');
    assert.equal(exit, 0, output);
    return output;
  } finally {
    await rm(clone, { recursive: true });
  }
}

describe('the commands of', () => {
  it("README's first look get responses before and after the failure", async () => {
    const output = await run(await commandsAfter('README.md', 'A first look'));
    assert.match(output, /"cluster":"mgmt-cluster".*"cluster":"remote-cluster"/s);
    assert.match(output, /state: ACCEPTED/);
    assert.match(output, /productpage-1.*SYNCED/s);
  });

  it('the three-sites example fail over from one site to the next', async () => {
    const output = await run(await commandsAfter('examples/three-sites/README.md', '## See it work'));
    assert.match(output, /"cluster":"oslo".*"cluster":"paris".*"cluster":"rome"/s);
  });
});
