/** Where the files meet the control plane, on the program's own server: what is served, and what is said, when they are missing. */
import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import type { RunningServer, ServerOptions } from './serve.js';
import { serve } from './main.js';
import { withFiles } from './testing/run-command.js';
import { DEFAULT_READ_LIMITS } from './source/index.js';

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly adminAddress?: string;
  readonly names?: readonly string[];
}

/** A server in this process, and its log. */
interface Served {
  readonly server: RunningServer;
  readonly log: readonly Line[];
  /** The first line, past or to come, that fits. */
  readonly line: (isWanted: (line: Line) => boolean) => Promise<Line>;
  readonly get: (path: string) => Promise<{ readonly status: number; readonly text: string }>;
}

function createLog(): { readonly stream: Writable } & Pick<Served, 'log' | 'line'> {
  const log: Line[] = [];
  let wake: () => void = () => undefined;
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      for (const text of String(chunk).trimEnd().split('\n')) log.push(JSON.parse(text) as Line);
      wake();
      done();
    },
  });
  const line: Served['line'] = async (isWanted) => {
    for (let next = 0; ; next++) {
      while (next === log.length) await new Promise<void>((resolve) => (wake = resolve));
      const candidate = log[next];
      if (candidate !== undefined && isWanted(candidate)) return candidate;
    }
  };
  return { stream, log, line };
}

async function serving(options: Partial<ServerOptions>, test: (served: Served) => Promise<void>): Promise<void> {
  const { stream, log, line } = createLog();
  const address = { host: '127.0.0.1', port: 0 };
  const server = await serve({
    ...{
      version: '1',
      xdsAddress: address,
      adminAddress: address,
      admin: {},
      loadReportIntervalMs: 0,
      isolateNacks: true,
      transport: 'grpc-js' as const,
    },
    ...{
      config: [],
      allowEmpty: false,
      emptyGraceMs: 600_000,
      shrinkGraceMs: 30_000,
      readLimits: DEFAULT_READ_LIMITS,
      logger: pino(stream),
      ...options,
    },
  });
  try {
    const { adminAddress = '' } = await line((candidate) => candidate.adminAddress !== undefined);
    const get: Served['get'] = async (path) => {
      const response = await fetch(`http://${adminAddress}${path}`);
      return { status: response.status, text: await response.text() };
    };
    await test({ server, log, line, get });
  } finally {
    await server.drain();
  }
}

function mesh(name: string): string {
  return `apiVersion: discovery.mesh.gloo.solo.io/v1\nkind: Mesh\nmetadata: {name: ${name}, namespace: a}\nspec: {istio: {installation: {cluster: c}}}\n`;
}

describe('promise 35: a heap that is nearly full', function () {
  this.timeout(20_000);

  it('makes the server not ready, with the reason', () =>
    withFiles({ 'a.yaml': mesh('a') }, async (root) => {
      // Any heap is above this.
      const limits = { streams: { maxHeapUse: 0.000_1 }, connections: {} };
      await serving({ config: [{ path: root }], limits }, async ({ get, line }) => {
        await line(({ msg }) => msg === 'ready');
        const { status, text } = await get('/readyz');
        assert.equal(status, 503);
        assert.match(text, /Overloaded: \d+ % of the heap is in use: no streams are admitted at 0 %/);
      });
    }));
});

describe('promise 4: serving files', function () {
  this.timeout(20_000);

  for (const [title, prepare] of [
    ['is missing', () => undefined],
    ['is empty', (path: string) => mkdirSync(path)],
    [
      'has nothing that can be read',
      (path: string) => {
        mkdirSync(path);
        writeFileSync(join(path, 'a.yaml'), '[');
      },
    ],
  ] as const) {
    it(`waits for a path that ${title}, and says so once`, () =>
      withFiles({ 'other.yaml': mesh('other') }, async (root) => {
        const path = join(root, 'conf');
        prepare(path);
        const config = [{ path }, { path: join(root, 'other.yaml') }];
        await serving({ config }, async ({ get, line, log }) => {
          const { status, text } = await get('/readyz');
          assert.equal(status, 503);
          assert.match(
            text,
            /conf (?:does not exist|contains no resources)\..* Add resources, correct --config, or use --allow-empty\./,
          );
          mkdirSync(path, { recursive: true });
          writeFileSync(join(path, 'a.yaml'), mesh('a'));
          await line(({ msg }) => msg === 'ready');
          assert.deepEqual(await get('/readyz'), { status: 200, text: 'ok\n' });
          const told = log.filter(({ msg }) => msg.startsWith('not ready: '));
          assert.deepEqual(
            told.map(({ level }) => level),
            [40],
          );
        });
      }));
  }

  it('promise 23: starts with what an earlier process had where files are broken, and says so', () =>
    withFiles({}, async (root) => {
      mkdirSync(join(root, 'conf'));
      for (const name of ['a', 'b']) writeFileSync(join(root, `conf/${name}.yaml`), mesh(name));
      const options = { config: [{ path: join(root, 'conf') }], stateDirectory: join(root, 'state') };
      await serving(options, async ({ line }) => {
        await line(({ msg }) => msg === 'ready');
      });
      writeFileSync(join(root, 'conf/a.yaml'), '[');
      writeFileSync(join(root, 'conf/b.yaml'), '[');
      const sentence = /2 resources are in force as in the state of 20\d\d-.*Z, because files are broken/;
      await serving(options, async ({ get, line }) => {
        await line(({ msg }) => msg === 'ready');
        await line(({ msg, level }) => level === 40 && sentence.test(msg));
        const { status, text } = await get('/readyz');
        assert.equal(status, 200);
        assert.match(text, sentence);
        const metrics = (await get('/metrics')).text;
        assert.match(metrics, /^lifeboat_state_restored_resources 2$/m);
        assert.match(metrics, /^lifeboat_state_restored_age_seconds [\d.]+$/m);
        writeFileSync(join(root, 'conf/a.yaml'), mesh('a'));
        writeFileSync(join(root, 'conf/b.yaml'), mesh('b'));
        while ((await get('/readyz')).text !== 'ok\n') await new Promise((resolve) => setTimeout(resolve, 20));
      });
    }));

  it('promise 23: goes on from the files alone where the state cannot be used or written', () =>
    withFiles({}, async (root) => {
      for (const name of ['conf', 'state']) mkdirSync(join(root, name));
      writeFileSync(join(root, 'conf/a.yaml'), mesh('a'));
      writeFileSync(join(root, 'state/lifeboat-state.jsonl'), 'something else');
      const config = [{ path: join(root, 'conf') }];
      await serving({ config, stateDirectory: join(root, 'state') }, async ({ get, line }) => {
        await line(({ msg, level }) => level === 50 && msg.endsWith('was not written by Lifeboat. It is ignored.'));
        await line(({ msg }) => msg === 'ready');
        assert.match((await get('/metrics')).text, /^lifeboat_state_errors_total 1$/m);
      });
      await serving({ config, stateDirectory: join(root, 'conf/a.yaml') }, async ({ line, server }) => {
        await line(({ msg }) => msg === 'ready');
        await server.drain();
        await line(({ msg, level }) => level === 50 && msg.includes('cannot be '));
      });
    }));

  it('is ready with nothing where that is allowed, and lets everything go at once', () =>
    withFiles({}, async (root) => {
      const path = join(root, 'conf');
      await serving({ config: [{ path }], allowEmpty: true }, async ({ get, line }) => {
        await line(({ msg }) => msg === 'ready');
        assert.match((await get('/readyz')).text, /^ok\n.*conf does not exist\.\n$/);
        mkdirSync(path);
        writeFileSync(join(path, 'a.yaml'), mesh('a'));
        await line(({ names }) => names?.[0] === 'added Mesh a/a');
        unlinkSync(join(path, 'a.yaml'));
        await line(({ names }) => names?.[0] === 'removed Mesh a/a');
      });
    }));

  it('keeps what a path had that is lost, and says so in log, metrics and at the probe', () =>
    withFiles({ 'other.yaml': mesh('other') }, async (root) => {
      const path = join(root, 'conf');
      mkdirSync(path);
      writeFileSync(join(path, 'a.yaml'), mesh('a'));
      await serving({ config: [{ path }, { path: join(root, 'other.yaml') }] }, async ({ get, line }) => {
        renameSync(path, `${path}-away`);
        const { msg } = await line((candidate) => candidate.msg.includes('no longer exists'));
        assert.match(msg, /conf no longer exists\. Its last resource stays in force until 20.*Z\.$/);
        const readyz = await get('/readyz');
        assert.deepEqual([readyz.status, readyz.text], [200, `ok\n${msg}\n`]);
        const { text } = await get('/metrics');
        assert.ok(text.includes(`lifeboat_source_held{source="${path}"} 1\n`));
        assert.ok(text.includes(`lifeboat_source_errors_total{source="${path}"} 1\n`));
        assert.ok(text.includes(`lifeboat_source_held{source="${join(root, 'other.yaml')}"} 0\n`));
        assert.match((await get('/api/v1/resources')).text, /"name":"a"/);
        renameSync(`${path}-away`, path);
        await line((candidate) => candidate.msg === `resolved: ${msg}`);
        assert.deepEqual(await get('/readyz'), { status: 200, text: 'ok\n' });
        assert.ok((await get('/metrics')).text.includes(`lifeboat_source_held{source="${path}"} 0\n`));
      });
    }));

  it('removes it when its time is over', () =>
    withFiles({}, async (root) => {
      const path = join(root, 'conf');
      mkdirSync(path);
      writeFileSync(join(path, 'a.yaml'), mesh('a'));
      await serving({ config: [{ path }], emptyGraceMs: 100 }, async ({ get, line }) => {
        rmSync(path, { recursive: true });
        await line(({ names }) => names?.[0] === 'removed Mesh a/a');
        assert.equal((await get('/readyz')).status, 200);
      });
    }));

  it('logs one line for each change, and nothing when all is read again', () =>
    withFiles({ 'a.yaml': mesh('a') }, async (path) => {
      await serving({ config: [{ path }] }, async ({ line, log, server }) => {
        writeFileSync(join(path, 'a.yaml'), `${mesh('a').replace('cluster: c', 'cluster: d')}---\n${mesh('b')}`);
        await line(({ names }) => names?.length === 2);
        await server.reload();
        const changes = log.filter(({ msg }) => msg === 'applied a change').map(({ names }) => names);
        assert.deepEqual(changes, [['added Mesh a/a'], ['added Mesh a/b', 'changed Mesh a/a']]);
      });
    }));
});
