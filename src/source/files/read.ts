/** Reads one file without ever hanging or throwing. Knows nothing of what is in it. */
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { DiagnosticCode } from '../../api/codes.js';
import type { Problem } from '../yaml/finding.js';
import { MAX_FILE_BYTES } from '../yaml/limits.js';
import { decodeText } from './text.js';

/** What a file held when it was read: its text, or why there is none. */
export type FileText =
  { readonly text: string; readonly identity: string } | { readonly problem: Problem; readonly identity?: string };

/** How often a file is read again that changes while it is being read; after that the next event tells. */
const MAX_ATTEMPTS = 3;

/** Without waiting for a writer, should the path have become a named pipe since it was looked at. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/** Reads a regular file of UTF-8 text. */
export function readText(path: string): FileText {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) return { problem: notAFile(stats.isFIFO()) };
    const descriptor = openSync(path, OPEN_FLAGS);
    try {
      return readDescriptor(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    return { problem: unreadable('The file', error) };
  }
}

/** Changes when the file is written to or replaced. */
export function fileIdentity(stats: BigIntStats): string {
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(':');
}

/** A problem with a file or directory as a whole. */
export function fileProblem(code: DiagnosticCode, message: string, severity: Problem['severity'] = 'error'): Problem {
  return { line: 1, column: 1, severity, code, message };
}

/** The problem of a file or directory that the operating system does not let us read. */
export function unreadable(what: string, error: unknown): Problem {
  const reason =
    error instanceof Error && 'code' in error ? (REASONS[String(error.code)] ?? error.message) : String(error);
  return fileProblem('UnreadableFile', `${what} cannot be read: ${reason}.`);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'its symbolic links lead in a circle',
  ENOENT: 'it does not exist, or is a symbolic link to nothing',
  ENXIO: 'it is not a regular file',
  EISDIR: 'it is a directory',
};

function readDescriptor(descriptor: number): FileText {
  let stats = fstatSync(descriptor, { bigint: true });
  for (let attempt = 1; ; attempt++) {
    if (!stats.isFile()) return { problem: notAFile(stats.isFIFO()) };
    if (stats.size > MAX_FILE_BYTES) return { problem: tooLarge(stats.size), identity: fileIdentity(stats) };
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

function notAFile(isPipe: boolean): Problem {
  const hint = isPipe ? ' "lifeboat check -" reads a pipe as its standard input.' : '';
  return fileProblem('NotAFile', `This is not a regular file.${hint}`);
}

function tooLarge(size: bigint): Problem {
  return fileProblem('FileTooLarge', `The file has ${size} bytes, more than ${MAX_FILE_BYTES}; split it.`);
}
