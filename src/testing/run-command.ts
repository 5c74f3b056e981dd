/** Runs a command line as a function, with a fake control plane behind it. For tests. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAdminApp } from '../admin/app.js';
import { createRegistry } from '../admin/metrics/registry.js';
import { listenAdmin } from '../admin/server.js';
import type { ExitCode } from '../cli/output/cli-error.js';
import { runCli } from '../cli/program.js';
import type { Ports } from '../cli/command/ports.js';
import type { ControlPlaneApi } from '../control-plane/api/api.js';
import { type CapturedTerminal, type CapturedTerminalOptions, capturedTerminal } from './captured-terminal.js';
import { fakeControlPlane } from './fake-control-plane.js';

export interface CommandResult {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions extends CapturedTerminalOptions {
  readonly ports?: Partial<Ports>;
  readonly terminal?: CapturedTerminal;
}

export async function runCommand(argv: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
  const terminal = options.terminal ?? capturedTerminal(options);
  const code = await runCli(argv, terminal, fakePorts(options.ports));
  return { code, out: terminal.out(), err: terminal.err() };
}

/** Ports without resources, whose `serve` fails. */
export function fakePorts(overrides: Partial<Ports> = {}): Ports {
  return {
    version: '1.2.3',
    load: async () => fakeControlPlane(),
    serve: () => Promise.reject(new Error('This test starts no server.')),
    ...overrides,
  };
}

/** Runs a test against the admin address of a control plane, which is closed after the test. */
export async function withAdmin(controlPlane: ControlPlaneApi, test: (url: string) => Promise<void>): Promise<void> {
  const app = createAdminApp({
    version: '1.2.3',
    controlPlane,
    registry: createRegistry({ version: '1.2.3', nodeVersion: 'v20.0.0' }),
    readiness: () => ({ ready: true }),
    onError: () => undefined,
    loopbackOnly: true,
  });
  const server = await listenAdmin(app, { host: '127.0.0.1', port: 0 });
  try {
    await test(`http://127.0.0.1:${server.address.port}`);
  } finally {
    await server.close();
  }
}

/** Runs a test with a directory of these files, which is removed after the test. */
export async function withFiles<Result>(
  files: Readonly<Record<string, string>>,
  test: (directory: string) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-test-'));
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
    return await test(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}
