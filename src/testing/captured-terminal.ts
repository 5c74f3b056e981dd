/** A terminal for tests of commands: it keeps what was written and sends signals when told to. */
import { Readable, Writable } from 'node:stream';
import { type OutputStream, type Terminal, uncorkAll } from '../cli/output/terminal.js';

export interface CapturedTerminal extends Terminal {
  /** All that was written to stdout so far. */
  readonly out: () => string;
  /** All that was written to stderr so far. */
  readonly err: () => string;
  readonly signal: (name: string) => void;
  readonly hangUp: () => void;
  /** Exit codes that the process was asked to end with at once. */
  readonly exits: readonly number[];
}

export interface CapturedTerminalOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Both streams are terminals. */
  readonly isTTY?: boolean;
  /** Milliseconds since the epoch, for ages. */
  readonly now?: number;
  /** The standard input. */
  readonly stdin?: string | Buffer;
}

export function capturedTerminal(options: CapturedTerminalOptions = {}): CapturedTerminal {
  const [stdout, stderr] = [capture(options.isTTY), capture(options.isTTY)];
  const listeners: ((signal: string) => void)[] = [];
  const hangUps: (() => void)[] = [];
  const exits: number[] = [];
  return {
    stdout: stdout.stream,
    stderr: stderr.stream,
    out: stdout.text,
    err: stderr.text,
    stdin: Readable.from([options.stdin ?? ''], { objectMode: false }),
    env: options.env ?? {},
    now: () => options.now ?? 0,
    onTermination: (listener) => listeners.push(listener),
    signal: (name) => listeners.forEach((listener) => listener(name)),
    onHangUp: (listener) => hangUps.push(listener),
    hangUp: () => hangUps.forEach((listener) => listener()),
    exit: (code) => exits.push(code),
    exits,
  };
}

function capture(isTTY = false): { readonly stream: OutputStream; readonly text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  const text = (): string => {
    uncorkAll(stream);
    return Buffer.concat(chunks).toString('utf8');
  };
  return { stream: Object.assign(stream, { isTTY }), text };
}
