/**
 * A program that a test or the demo runs. It also ends with this process, unless SIGKILL ends this process.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Maximum number of stored lines of output, for errors. */
const KEPT_LINES = 2_000;

export interface RunningProgram {
  readonly pid: number;
  /** The lines of stdout and stderr. The oldest are dropped. */
  readonly output: readonly string[];
  /** The exit code or the signal's name. `undefined` while it runs. */
  ended(): number | string | undefined;
  kill(signal: NodeJS.Signals): void;
  /** Sends SIGTERM, then SIGKILL after `grace` milliseconds. Returns the exit code or the signal's name. */
  stop(grace?: number): Promise<number | string>;
}

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Called for every line of output. */
  readonly onLine?: (line: string) => void;
}

/** Starts a program. If that fails, it counts as ended, with the error in its output. */
export function runProgram(command: string, args: readonly string[], options: ProgramOptions = {}): RunningProgram {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = keepOutput(child, options.onLine);
  const exit = whenEnded(child, output);
  killAtExit(child);
  return {
    pid: child.pid ?? 0,
    output,
    ended: () => exitOf(child),
    kill: (signal) => void child.kill(signal),
    stop: async (grace = 10_000) => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), grace);
      await exit;
      clearTimeout(timer);
      return exitOf(child) ?? 'not started';
    },
  };
}

function exitOf(child: ChildProcess): number | string | undefined {
  return child.exitCode ?? child.signalCode ?? (child.pid === undefined ? 'not started' : undefined);
}

function keepOutput(child: ChildProcess, onLine?: (line: string) => void): string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      onLine?.(line);
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
    });
  }
  return lines;
}

async function whenEnded(child: ChildProcess, output: string[]): Promise<void> {
  try {
    await once(child, 'close');
  } catch (error) {
    output.push(String(error));
  }
}

/** Programs that end with this process. */
const living = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of living) child.kill('SIGTERM');
});

function killAtExit(child: ChildProcess): void {
  living.add(child);
  child.once('close', () => living.delete(child));
}
