/** Programs of the measurement. Each runs on its own core if the system supports that, and is ended by its process id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface Pinning {
  /** `undefined` if cores cannot be chosen. */
  readonly server: number | undefined;
  readonly client: number | undefined;
}

export interface Child {
  readonly pid: number;
  /** Calls `listener` for each line of standard output and standard error. */
  onLine(listener: (line: string) => void): void;
  /** Resolves to the exit code or the signal's name. */
  readonly ended: Promise<number | string>;
  /** The end of what it wrote to standard error. */
  errors(): string;
  /** Ends the program, with SIGKILL after `graceMs`. */
  stop(graceMs?: number): Promise<void>;
}

const KEPT_ERRORS = 4_000;

/** `core`: `undefined` leaves the choice to the system. */
export function start(command: readonly string[], core: number | undefined): Child {
  const [program = '', ...args] = core === undefined ? command : ['taskset', '-c', String(core), ...command];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = whenEnded(child).finally(() => process.off('exit', kill));
  const lines = [child.stdout, child.stderr].map((input) => createInterface({ input }));
  let errors = '';
  child.stderr.on('data', (bytes: Buffer) => {
    errors = (errors + bytes.toString()).slice(-KEPT_ERRORS);
  });
  return {
    pid: child.pid ?? 0,
    onLine: (listener) => lines.forEach((each) => each.on('line', listener)),
    ended,
    errors: () => errors,
    stop: async (graceMs = 2_000) => {
      child.kill('SIGTERM');
      const timer = setTimeout(kill, graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

async function whenEnded(child: ChildProcess): Promise<number | string> {
  try {
    await once(child, 'close');
  } catch (error) {
    return String(error);
  }
  return child.exitCode ?? child.signalCode ?? 'not started';
}

/** The first result of `find`, which is called for each line. Rejects if the program ends before, or on timeout. */
export async function firstLine<Found>(
  child: Child,
  limitMs: number,
  find: (line: string) => Found | undefined,
): Promise<Found> {
  const found = new Promise<Found>((resolve) => {
    child.onLine((line) => {
      const value = find(line);
      if (value !== undefined) resolve(value);
    });
  });
  return Promise.race([found, failure(child, limitMs)]);
}

async function failure(child: Child, limitMs: number): Promise<never> {
  const timeout = new Promise<string>((resolve) => setTimeout(resolve, limitMs, 'it took too long').unref());
  const reason = await Promise.race([child.ended, timeout]);
  throw new Error(`a program ended or did not answer (${reason}): ${child.errors()}`);
}

/** The parsed line, if it is a JSON object with this key. */
export function parseLine<Value extends object>(line: string, key: keyof Value & string): Value | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && key in value ? (value as Value) : undefined;
  } catch {
    return undefined;
  }
}
