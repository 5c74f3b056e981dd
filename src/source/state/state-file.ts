/**
 * The file in a state directory: lines of JSON, of which the first names the format and the last has a digest of all before. Written
 * beside the old one and renamed, so that there is always a whole one. It must not know what resources are.
 */
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { StoredFile } from './stored-file.js';

export const STATE_FILE_NAME = 'lifeboat-state.jsonl';

const FORMAT = 'lifeboat-state';
const FORMAT_VERSION = 1;

/** Larger ones are refused: Node.js has no longer strings. */
const MAX_STATE_BYTES = 400 * 2 ** 20;

/** Characters that are written at once. */
const CHUNK = 256 * 1024;

export interface StoredState {
  readonly files: readonly StoredFile[];
  /** In milliseconds since the epoch. */
  readonly savedAt: number;
}

/** A state cannot be used. The message is a sentence that says why. */
export class StateError extends Error {
  override readonly name = 'StateError';
}

/**
 * `undefined` if there is none.
 * @throws StateError if it is damaged, of another format, or cannot be read.
 */
export async function readState(directory: string): Promise<StoredState | undefined> {
  const path = join(directory, STATE_FILE_NAME);
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > MAX_STATE_BYTES) throw new StateError(`${path} has more than ${MAX_STATE_BYTES} bytes.`);
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof StateError) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new StateError(`${path} cannot be read: ${reasonOf(error)}.`, { cause: error });
  }
  return parseState(path, text);
}

function parseState(path: string, text: string): StoredState {
  const lines = text.split('\n');
  const header = jsonOf(lines[0]);
  if (header?.['format'] !== FORMAT) throw new StateError(`${path} was not written by Lifeboat.`);
  if (header['version'] !== FORMAT_VERSION) {
    throw new StateError(
      `${path} has version ${String(header['version'])} of the format; this program reads ${FORMAT_VERSION}.`,
    );
  }
  const body = lines.slice(1, -2);
  const end = jsonOf(lines.at(-2));
  if (end?.['digest'] !== digestOf([lines[0] ?? '', ...body])) throw new StateError(`${path} is damaged.`);
  const savedAt = Number(header['savedAt']);
  const files: readonly unknown[] = body.map(jsonOf);
  // The digest vouches for what this program wrote; the check is for somebody else's hand.
  if (!Number.isFinite(savedAt) || !files.every(isStoredFile)) throw new StateError(`${path} is damaged.`);
  return { savedAt, files };
}

function jsonOf(line = ''): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function isStoredFile(value: unknown): value is StoredFile {
  const { file, documents } = (value ?? {}) as { readonly file?: unknown; readonly documents?: unknown };
  return typeof file === 'string' && Array.isArray(documents) && documents.every(isDocumentText);
}

function isDocumentText(value: unknown): boolean {
  const { line, text } = (value ?? {}) as { readonly line?: unknown; readonly text?: unknown };
  return Number.isInteger(line) && typeof text === 'string';
}

function digestOf(lines: readonly string[]): string {
  const hash = createHash('sha256');
  for (const line of lines) hash.update(`${line}\n`);
  return hash.digest('hex');
}

/**
 * Replaces the state. Other work runs in between. After it resolves, the state outlives a loss of power.
 * @throws StateError; the state from before is still there.
 */
export async function writeState(directory: string, { files, savedAt }: StoredState): Promise<void> {
  const path = join(directory, STATE_FILE_NAME);
  const temporary = `${path}.new`;
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeLines(temporary, linesOf(files, savedAt));
    await rename(temporary, path);
    await syncDirectory(directory);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new StateError(`The state cannot be written to ${path}: ${reasonOf(error)}.`, { cause: error });
  }
}

function* linesOf(files: readonly StoredFile[], savedAt: number): Generator<string> {
  const hash = createHash('sha256');
  const line = (value: object): string => {
    const text = `${JSON.stringify(value)}\n`;
    hash.update(text);
    return text;
  };
  yield line({ format: FORMAT, version: FORMAT_VERSION, savedAt });
  for (const file of files) yield line(file);
  yield `${JSON.stringify({ digest: hash.digest('hex') })}\n`;
}

/** Only the owner may read it: headers in a TrafficPolicy may be secret. */
async function writeLines(path: string, lines: Generator<string>): Promise<void> {
  const handle = await open(path, 'w', 0o600);
  try {
    let [chunk, length]: [string[], number] = [[], 0];
    for (const line of lines) {
      chunk.push(line);
      length += line.length;
      if (length < CHUNK) continue;
      await handle.writeFile(chunk.join(''));
      await setImmediate();
      [chunk, length] = [[], 0];
    }
    await handle.writeFile(chunk.join(''));
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
