/** What the world does to a source, as opposed to what users do to their files. */

export type SourceErrorCode =
  /** The operating system does not report changes of a directory; they are looked for instead. */
  | 'WatchFailed'
  /** A change could not be read or handed on: a bug. */
  | 'BatchFailed';

export class SourceError extends Error {
  readonly code: SourceErrorCode;

  constructor(code: SourceErrorCode, message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'SourceError';
    this.code = code;
  }
}
