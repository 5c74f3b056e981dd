/**
 * What a command sees of the process that it runs in: streams, environment, clock, signals. Tests put their own in its place.
 */
import type { Readable, Writable } from 'node:stream';
import picocolors from 'picocolors';

/** Colour functions, which do nothing where there is no colour. */
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
  /** Calls the listener upon each SIGTERM and SIGINT, from now on. */
  onTermination(listener: (signal: string) => void): void;
  /** Calls the listener upon each SIGHUP, from now on, which otherwise ends the process. */
  onHangUp(listener: () => void): void;
  /** Ends the process without waiting for anything. */
  exit(code: number): void;
}

/** Colours for a terminal; plain text for pipes and files, where `NO_COLOR` is set, and on terminals that cannot. */
export function colorsFor(stream: OutputStream, env: Terminal['env']): Colors {
  const refused = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return picocolors.createColors(stream.isTTY === true && !refused);
}

/**
 * Writes text and waits until it is handed over, so that a slow pipe gets all of it. A reader that has gone away (`| head`)
 * is no error: nobody misses the rest.
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

/** Makes a stream whose reader has gone away quiet, where Node would end the process with a stack trace. */
export function ignoreClosedPipe(stream: Writable): void {
  stream.on('error', (error) => {
    if (!isClosedPipe(error)) throw error;
  });
}

/** Hands over what is still held back, when the process ends. */
export function uncorkAll(stream: Writable): void {
  while (stream.writableCorked > 0) stream.uncork();
}

function isClosedPipe(error: Error): boolean {
  const code = 'code' in error ? error.code : undefined;
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED';
}
