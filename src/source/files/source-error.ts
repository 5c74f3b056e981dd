/** Errors of a source that are not mistakes in its files. */

export type SourceErrorCode =
  /** The operating system does not report changes of a directory; it is polled instead. */
  | 'WatchFailed'
  /** A change could not be read or applied: a bug. */
  | 'BatchFailed';

export class SourceError extends Error {
  readonly code: SourceErrorCode;

  constructor(code: SourceErrorCode, message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'SourceError';
    this.code = code;
  }
}
