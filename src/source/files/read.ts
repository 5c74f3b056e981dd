/** Reads one file. Never blocks on a pipe and never throws. It must not know what the file contains. */
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { DiagnosticCode } from '../../api/codes.js';
import type { TextFinding } from '../yaml/finding.js';
import { decodeText } from './text.js';

/** The text of a file, or the reason why there is none. */
export type FileText =
  | { readonly text: string; readonly identity: string }
  | { readonly finding: TextFinding; readonly identity?: string; readonly exhausted?: boolean };

/** How often a file is read that changes during the read. After that, the next event triggers a read. */
const MAX_ATTEMPTS = 3;

/** Does not wait for a writer if the path has become a named pipe since the check. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/** Reads a regular file of UTF-8 text, of at most `maxBytes`. */
export function readFileText(path: string, maxBytes: number): FileText {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) return { finding: notAFile(stats.isFIFO()) };
    const descriptor = openSync(path, OPEN_FLAGS);
    try {
      return readDescriptor(descriptor, maxBytes);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    return { finding: unreadable('The file', error), exhausted: isExhausted(error) };
  }
}

/** Changes whenever the file is written to or replaced. */
export function fileIdentity(stats: BigIntStats): string {
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(':');
}

/** A finding about a file or directory as a whole. */
export function fileFinding(
  code: DiagnosticCode,
  message: string,
  severity: TextFinding['severity'] = 'error',
): TextFinding {
  return { line: 1, column: 1, severity, code, message };
}

/** The finding about a file or directory that cannot be read. */
export function unreadable(what: string, error: unknown): TextFinding {
  const reason =
    error instanceof Error && 'code' in error ? (REASONS[String(error.code)] ?? error.message) : String(error);
  return fileFinding('UnreadableFile', `${what} cannot be read: ${reason}.`);
}

/** Whether only a lack of file descriptors prevents an access, which may be over soon. */
export function isExhausted(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EMFILE' || error.code === 'ENFILE');
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EMFILE: 'the process has no file descriptors left. It is tried again soon; raise the limit (ulimit -n)',
  ENFILE: 'the system has no file descriptors left. It is tried again soon',
  ELOOP: 'its symbolic links form a loop',
  ENOENT: 'it does not exist, or is a broken symbolic link',
  ENXIO: 'it is not a regular file',
  EISDIR: 'it is a directory',
};

function readDescriptor(descriptor: number, maxBytes: number): FileText {
  let stats = fstatSync(descriptor, { bigint: true });
  for (let attempt = 1; ; attempt++) {
    if (!stats.isFile()) return { finding: notAFile(stats.isFIFO()) };
    if (stats.size > maxBytes) return { finding: tooLarge(stats.size, maxBytes), identity: fileIdentity(stats) };
    const bytes = readBytes(descriptor, Number(stats.size));
    const after = fstatSync(descriptor, { bigint: true });
    const identity = fileIdentity(after);
    if (identity === fileIdentity(stats) || attempt === MAX_ATTEMPTS) return { ...decodeText(bytes), identity };
    stats = after;
  }
}

function readBytes(descriptor: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const read = readSync(descriptor, bytes, length, size - length, length);
    if (read === 0) break;
    length += read;
  }
  return bytes.subarray(0, length);
}

function notAFile(isPipe: boolean): TextFinding {
  const hint = isPipe ? ' "lifeboat check -" reads a pipe as its standard input.' : '';
  return fileFinding('NotAFile', `This is not a regular file.${hint}`);
}

function tooLarge(size: bigint, maxBytes: number): TextFinding {
  const message = `The file has ${size} bytes, more than ${maxBytes}. Split it, or set --max-file-size.`;
  return fileFinding('FileTooLarge', message);
}
