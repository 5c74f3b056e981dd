/** `lifeboat serve` as users run it: resources from files, with metrics and the default log. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Transport } from '../../src/xds/index.js';
import { type Child, firstLine, parseLine, start } from '../machine/child.js';
import { configDirectory, writeWorld } from '../world/directory.js';
import { orStop, startupOf } from './announced.js';
import type { RunningContender } from './contender.js';

const PROGRAM = fileURLToPath(new URL('../../src/cli/lifeboat.js', import.meta.url));
/** Time to read the files, in milliseconds. */
const READY_MS = 180_000;
/** A burst of file events ends after 10 ms. The log may still be written up to a second later. */
const LEAST_MS = 300;

export async function startServe(
  transport: Transport,
  services: number,
  core: number | undefined,
  nodeFlags: readonly string[] = [],
): Promise<RunningContender> {
  const directory = mkdtempSync(join(tmpdir(), 'lifeboat-bench-'));
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  process.once('exit', remove);
  writeWorld(directory, services);
  const began = performance.now();
  const child = start([process.execPath, ...nodeFlags, PROGRAM, 'serve', ...flags(directory, transport)], core);
  const port = await orStop(child, whenReady(child));
  return {
    pids: [child.pid],
    ports: [port],
    trigger: { type: 'file', directory },
    startup: startupOf(child, began),
    leastMs: LEAST_MS,
    stop: async () => {
      await child.stop();
      process.off('exit', remove);
      remove();
    },
  };
}

function flags(directory: string, transport: Transport): readonly string[] {
  return [
    '--transport',
    transport,
    '--config',
    configDirectory(directory),
    '--xds-address',
    '127.0.0.1:0',
    '--admin-address',
    '127.0.0.1:0',
  ];
}

interface LogLine {
  readonly msg: string;
  readonly xdsAddress?: string;
  readonly port?: number;
}

/** Resolves to the xDS port when the first load is complete. */
async function whenReady(child: Child): Promise<number> {
  let port = 0;
  return firstLine(child, READY_MS, (text) => {
    const line = parseLine<LogLine>(text, 'msg');
    if (line?.xdsAddress !== undefined) port = line.port ?? 0;
    return line?.msg === 'ready' ? port : undefined;
  });
}
