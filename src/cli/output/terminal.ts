/**
 * The process as commands see it: streams, environment, clock, signals. Tests replace it.
 */
import type { Readable, Writable } from 'node:stream';
import picocolors from 'picocolors';

/** Color functions; without colors they return the text unchanged. */
export type Colors = ReturnType<typeof picocolors.createColors>;

/** A stream that may be a terminal. */
export type OutputStream = Writable & { readonly isTTY?: boolean };

export interface Terminal {
  /** Results. */
  readonly stdout: OutputStream;
  /** Everything else. */
  readonly stderr: OutputStream;
  readonly stdin: Readable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls the listener on each SIGTERM and SIGINT. */
  onTermination(listener: (signal: string) => void): void;
  /** Calls the listener on each SIGHUP, which ends the process by default. */
  onHangUp(listener: () => void): void;
  /** Ends the process at once. */
  exit(code: number): void;
}

/** Colors for a terminal; plain text for pipes and files, with `NO_COLOR`, and on terminals without colors. */
export function colorsFor(stream: OutputStream, env: Terminal['env']): Colors {
  const refused = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return picocolors.createColors(stream.isTTY === true && !refused);
}

/**
 * Writes text and waits until the stream has accepted it, so that a slow pipe gets all of it. A reader that has closed the pipe
 * (`| head`) is not an error.
 */
export async function write(stream: Writable, text: string): Promise<void> {
  if (stream.destroyed) return;
  await new Promise<void>((resolve, reject) => {
    stream.write(text, (error) => {
      if (error === null || error === undefined || isClosedPipe(error)) resolve();
      else reject(error);
    });
  });
}

/** Ignores the error of a closed pipe, for which Node.js would end the process with a stack trace. */
export function ignoreClosedPipe(stream: Writable): void {
  stream.on('error', (error) => {
    if (!isClosedPipe(error)) throw error;
  });
}

/** Writes the rest of a corked stream, at the end of the process. */
export function uncorkAll(stream: Writable): void {
  while (stream.writableCorked > 0) stream.uncork();
}

function isClosedPipe(error: Error): boolean {
  const code = 'code' in error ? error.code : undefined;
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED';
}
