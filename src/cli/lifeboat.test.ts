import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { withFiles } from '../testing/run-command.js';

const PROGRAM = fileURLToPath(new URL('lifeboat.js', import.meta.url));

type Child = ChildProcessByStdio<null, Readable, Readable>;
type Environment = Readonly<Record<string, string>>;

/** A service with one endpoint. */
const SERVICE = `apiVersion: discovery.smh.solo.io/v1alpha2
kind: Destination
metadata: {name: reviews-bookinfo-mgmt-cluster, namespace: service-mesh-hub}
spec:
  kubeService:
    ref: {name: reviews, namespace: bookinfo, clusterName: mgmt-cluster}
    region: us-east
    ports: [{port: 9080, name: http, protocol: TCP}]
    endpointSubsets:
    - endpoints: [{ipAddress: 127.0.0.2}]
      ports: [{port: 9080, name: http, protocol: TCP}]
`;

describe('the program', function () {
  this.timeout(30_000);
  const children: Child[] = [];

  function start(argv: readonly string[], env: Environment = {}): Child {
    const child = spawn(process.execPath, [PROGRAM, ...argv], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...ownEnvironment(), ...env },
    });
    children.push(child);
    return child;
  }

  async function run(argv: readonly string[], env: Environment = {}) {
    const child = start(argv, env);
    const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), exitCode(child)]);
    return { out, err, code };
  }

  afterEach(() => {
    for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
  });

  it('prints help to stdout and usage errors to stderr', async () => {
    const help = await run(['--help']);
    assert.deepEqual([help.code, help.err], [0, '']);
    const wrong = await run(['fly']);
    assert.deepEqual([wrong.code, wrong.out], [2, '']);
  });

  it('prints the version of its package', async () => {
    assert.match((await run(['--version'])).out, /^\d+\.\d+\.\d+\n$/);
  });

  it('exits with 3 if the control plane cannot be reached', async () => {
    assert.equal((await run(['proxies', '--server', 'http://127.0.0.1:2'])).code, 3);
  });

  it('reads its flags from the environment', async () => {
    const { code, out } = await run(['bootstrap'], { LIFEBOAT_NODE_ID: 'e1', LIFEBOAT_OUTPUT: 'json' });
    assert.equal(code, 0);
    assert.equal((JSON.parse(out) as { readonly node: { readonly id: string } }).node.id, 'e1');
  });

  it('ends without an error if the reader of its output has ended', async () => {
    const child = start(['bootstrap', '--node-id', 'e1']);
    child.stdout.destroy();
    assert.deepEqual([await text(child.stderr), await exitCode(child)], ['', 0]);
  });

  it('prints the findings of check in plain text to a pipe', async () => {
    await withFiles({ 'good.yaml': SERVICE, 'broken.yaml': 'kind: [' }, async (directory) => {
      const { code, out } = await run(['check', directory]);
      assert.equal(code, 1);
      assert.ok(!out.includes('\u001b'));
      assert.ok(out.startsWith(join(directory, 'broken.yaml:1:')), out);
      assert.equal((await run(['check', join(directory, 'good.yaml')])).code, 0);
    });
  });

  it('prints a snapshot from files', async () => {
    await withFiles({ 'good.yaml': SERVICE }, async (directory) => {
      const { code, out } = await run([
        'snapshot',
        '--node-id',
        'e1',
        '--cluster',
        'mgmt-cluster',
        '--config',
        directory,
      ]);
      assert.equal(code, 0);
      assert.deepEqual(Object.keys(JSON.parse(out) as object), ['listeners', 'routes', 'clusters', 'endpoints']);
      assert.ok(out.includes('127.0.0.2'), 'the endpoint is not in the snapshot');
    });
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`serves until ${signal} and exits with 0`, async () => {
      await withFiles({ 'good.yaml': SERVICE }, async (directory) => {
        const child = start([
          'serve',
          '--config',
          directory,
          '--xds-address',
          '127.0.0.1:0',
          '--admin-address',
          '127.0.0.1:0',
        ]);
        const log = logOf(child);
        const server = `http://${await log.field('adminAddress')}`;
        assert.match(await log.field('xdsAddress'), /^127\.0\.0\.1:[1-9]\d*$/);
        await log.message('ready');
        assert.equal((await fetch(`${server}/readyz`)).status, 200);
        assert.match(
          (await run(['get', 'destinations', '--server', server])).out,
          /^Destination +service-mesh-hub +reviews-/m,
        );
        assert.deepEqual(await run(['proxies', '-o', 'json', '--server', server]), {
          code: 0,
          err: '',
          out: '{\n  "items": []\n}\n',
        });
        child.kill(signal);
        assert.equal(await exitCode(child), 0);
      });
    });
  }

  it('applies changes of the files and logs their errors', async () => {
    await withFiles({ 'good.yaml': SERVICE }, async (directory) => {
      const child = start([
        'serve',
        '--config',
        directory,
        '--xds-address',
        '127.0.0.1:0',
        '--admin-address',
        '127.0.0.1:0',
      ]);
      const log = logOf(child);
      await log.message('ready');
      await writeFile(join(directory, 'broken.yaml'), 'kind: [');
      const record = await log.record(({ finding }) => finding !== undefined);
      assert.equal(record.finding?.file, join(directory, 'broken.yaml'));
      child.kill('SIGTERM');
      assert.equal(await exitCode(child), 0);
    });
  });

  it('reports an address that another process uses', async () => {
    await withFiles({ 'good.yaml': SERVICE }, async (directory) => {
      const first = start([
        'serve',
        '--config',
        directory,
        '--xds-address',
        '127.0.0.1:0',
        '--admin-address',
        '127.0.0.1:0',
      ]);
      const taken = await logOf(first).field('xdsAddress');
      const { code, err } = await run([
        'serve',
        '--config',
        directory,
        '--xds-address',
        taken,
        '--admin-address',
        '127.0.0.1:0',
      ]);
      assert.equal(code, 2);
      assert.match(err, new RegExp(`error: Cannot listen on ${taken}: .*EADDRINUSE`));
    });
  });
});

/** What this process was started with, without what would be flags of the program. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('LIFEBOAT_')));
}

interface LogRecord {
  readonly msg: string;
  readonly xdsAddress?: string;
  readonly adminAddress?: string;
  readonly finding?: { readonly file: string };
}

/** The log of a child, in which records can be waited for whether they have come yet or not. */
function logOf(child: Child) {
  const lines: string[] = [];
  const reader = createInterface(child.stderr).on('line', (line) => lines.push(line));
  const record = async (isWanted: (candidate: LogRecord) => boolean): Promise<LogRecord> => {
    for (let next = 0; ; next += 1) {
      if (next === lines.length) await Promise.race([once(reader, 'line'), once(reader, 'close')]);
      const line = lines[next] ?? assert.fail(`The program ended: ${lines.join('\n')}`);
      const candidate = JSON.parse(line) as LogRecord;
      if (isWanted(candidate)) return candidate;
    }
  };
  return {
    record,
    message: (msg: string) => record((candidate) => candidate.msg === msg),
    field: async (name: 'xdsAddress' | 'adminAddress') =>
      (await record((candidate) => candidate[name] !== undefined))[name] ?? '',
  };
}

async function exitCode(child: Child): Promise<number | null> {
  if (child.exitCode === null) await once(child, 'exit');
  return child.exitCode;
}
