/**
 * A program that runs as long as a test or the demo needs it. It ends with this process too, whatever ends that short
 * of SIGKILL.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Lines that are kept of what a program said, for the account of a failure. */
const KEPT_LINES = 2_000;

export interface RunningProgram {
  readonly pid: number;
  /** What it wrote to stdout and stderr, line by line, the oldest dropped. */
  readonly output: readonly string[];
  /** Exit code or the signal's name; undefined while it runs. */
  ended(): number | string | undefined;
  kill(signal: NodeJS.Signals): void;
  /** Sends SIGTERM, and SIGKILL after `grace` milliseconds; gives the exit code or the signal's name. */
  stop(grace?: number): Promise<number | string>;
}

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Told of every line that the program writes. */
  readonly onLine?: (line: string) => void;
}

/** Starts a program. One that cannot be started shows as ended with its error in the output. */
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

function killAtExit(child: ChildProcess): void {
  const kill = (): void => void child.kill('SIGTERM');
  process.once('exit', kill);
  child.once('close', () => process.off('exit', kill));
}
