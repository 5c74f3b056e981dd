/** With few file descriptors and more connections than that, a changed file is still read, and the admin address answers. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type Socket, connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { divide } from './file-descriptors.js';
import { withFiles } from './testing/run-command.js';

const PROGRAM = new URL('./cli/lifeboat.js', import.meta.url).pathname;
const DESCRIPTORS = 256;
const CONNECTIONS = 400;

interface Line {
  readonly msg: string;
  readonly adminAddress?: string;
  readonly xdsAddress?: string;
  readonly names?: readonly string[];
}

function service(port: number): string {
  return `apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: b}\nspec: {ports: [{name: http, port: ${port}}]}\n`;
}

/** Runs `lifeboat serve` with few descriptors. */
function start(config: string): ChildProcess {
  const flags = ['serve', '--config', config, '--xds-address', '127.0.0.1:0', '--admin-address', '127.0.0.1:0'];
  const limited = `ulimit -n ${DESCRIPTORS} && exec "$@"`;
  return spawn('sh', ['-c', limited, 'sh', process.execPath, PROGRAM, ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

/** Waits for lines of the log, in order. */
function logOf(child: ChildProcess): (isWanted: (line: Line) => boolean) => Promise<Line> {
  assert.ok(child.stderr);
  const lines = createInterface({ input: child.stderr })[Symbol.asyncIterator]();
  return async (isWanted) => {
    for (;;) {
      const next: IteratorResult<string, unknown> = await lines.next();
      if (next.done === true) throw new Error('the program has ended');
      const line = JSON.parse(next.value) as Line;
      if (isWanted(line)) return line;
    }
  };
}

describe('file descriptors', () => {
  it('are kept in reserve, and even a tiny limit lets somebody in', () => {
    assert.deepEqual(divide(1_024, 24), { xds: 904, admin: 64 });
    assert.deepEqual(divide(64, 24), { xds: 8, admin: 32 });
  });

  it('promise 35: are left for files and the admin address, however many connections there are', async function () {
    this.timeout(60_000);
    await withFiles({}, async (root) => {
      const config = join(root, 'conf');
      mkdirSync(config);
      writeFileSync(join(config, 'a.yaml'), service(80));
      const child = start(config);
      const sockets: Socket[] = [];
      try {
        const line = logOf(child);
        const { adminAddress = '' } = await line((one) => one.adminAddress !== undefined);
        const { xdsAddress = '' } = await line((one) => one.xdsAddress !== undefined);
        await line(({ msg }) => msg === 'ready');
        const port = Number(xdsAddress.split(':')[1]);
        let closed = 0;
        for (let i = 0; i < CONNECTIONS; i++) {
          const socket = connect(port, '127.0.0.1');
          socket.on('error', () => undefined);
          socket.once('close', () => closed++);
          sockets.push(socket);
        }
        await line(({ msg }) => msg.includes('of the 256 file descriptors are kept'));
        while (closed < CONNECTIONS - DESCRIPTORS) await new Promise((resolve) => setTimeout(resolve, 10));
        writeFileSync(join(config, 'a.yaml'), service(81));
        const { names } = await line((one) => one.names !== undefined);
        assert.deepEqual(names, ['changed Service b/a']);
        const metrics = await (await fetch(`http://${adminAddress}/metrics`)).text();
        assert.match(metrics, /^lifeboat_xds_connections_dropped_total [1-9]\d*$/m);
        assert.match(metrics, /^lifeboat_source_errors_total\{source="files"\} 0$/m);
      } finally {
        for (const socket of sockets) socket.destroy();
        child.kill('SIGKILL');
      }
    });
  });
});
