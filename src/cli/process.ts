/** Binds the commands to this process and to the composition root. */
import process from 'node:process';
import type { ExitCode } from './output/cli-error.js';
import { runCli } from './program.js';
import type { Ports } from './command/ports.js';
import { ignoreClosedPipe, type Terminal, uncorkAll } from './output/terminal.js';
import { VERSION } from './version.js';

/** The composition root is loaded on demand, so that help and requests to a server are fast. */
const ports: Ports = {
  version: VERSION,
  load: async (paths, options) => (await import('../main.js')).load(paths, options),
  serve: async (options) => (await import('../main.js')).serve(options),
};

const terminal: Terminal = {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  now: () => Date.now(),
  onTermination: (listener) => {
    for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => listener(signal));
  },
  onHangUp: (listener) => {
    process.on('SIGHUP', listener);
  },
  exit: (code) => process.exit(code),
};

/** Runs the command line of this process. Returns its exit code after all output was written. Never throws. */
export function runProcess(): Promise<ExitCode> {
  for (const stream of [process.stdout, process.stderr]) {
    ignoreClosedPipe(stream);
    process.on('exit', () => uncorkAll(stream));
  }
  return runCli(process.argv.slice(2), terminal, ports);
}
