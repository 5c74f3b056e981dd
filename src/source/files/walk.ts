/** Finds the files under the configured paths. Reads directories only, never a file. */
import { type BigIntStats, type Dirent, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { compareText } from '../../api/resource.js';
import type { FileFinding } from '../yaml/finding.js';
import { fileIdentity, unreadable } from './read.js';

export interface WalkedFile {
  /** As the user would write it: below the path that was given. */
  readonly path: string;
  /** Changes when the file is written to or replaced. */
  readonly identity: string;
  /** When it was written to last, in milliseconds of the epoch. */
  readonly modified: number;
  /** Whether the path is a symbolic link, so that what it leads to may change without an event for this path. */
  readonly link: boolean;
}

/**
 * What a path that was given leads to: files that are read, nothing, something that another path led to before, or something
 * that the operating system does not let us look at, so that what it has cannot be told.
 */
export type RootStanding = 'read' | 'missing' | 'covered' | 'unreadable';

export interface Walk {
  /** By the paths that were given. */
  readonly roots: ReadonlyMap<string, RootStanding>;
  /** Ordered by path, those that cannot be read included. A file that several paths lead to is there once. */
  readonly files: readonly WalkedFile[];
  /** Directories that were listed. */
  readonly directories: ReadonlySet<string>;
  /** Names outside of those directories where a change concerns us, by directory: of the paths given and of links' targets. */
  readonly outskirts: ReadonlyMap<string, ReadonlySet<string>>;
  /** What a file's path begins with where its absence does not mean that it was removed. */
  readonly unlisted: readonly string[];
  readonly findings: readonly FileFinding[];
}

interface Walking {
  readonly roots: Map<string, RootStanding>;
  readonly seen: Set<string>;
  readonly files: WalkedFile[];
  readonly directories: Set<string>;
  readonly outskirts: Map<string, Set<string>>;
  readonly unlisted: string[];
  readonly findings: FileFinding[];
  readonly onDirectory: ((path: string) => void) | undefined;
}

const EXTENSIONS = /\.(?:ya?ml|json)$/iu;

/** Entries looked at between two chances for others to run. */
const ENTRIES_PER_STEP = 200;

/** Whether a file of this name in a directory is read: not hidden, no editor's temporary file, of an extension that is ours. */
export function isConfigName(name: string): boolean {
  return !name.startsWith('.') && EXTENSIONS.test(name);
}

/**
 * Walks files and directories, in steps so that the caller can let others run in between. `onDirectory` is called before a
 * directory is listed, so that who watches it from then on misses nothing.
 */
export function* walk(paths: readonly string[], onDirectory?: (path: string) => void): Generator<void, Walk> {
  const walking: Walking = {
    roots: new Map(),
    seen: new Set(),
    files: [],
    directories: new Set(),
    outskirts: new Map(),
    unlisted: [],
    findings: [],
    onDirectory,
  };
  for (const path of [...paths].sort(compareText)) walking.roots.set(path, yield* walkRoot(walking, path));
  const { roots, directories, outskirts, unlisted, findings } = walking;
  return {
    roots,
    files: walking.files.sort((a, b) => compareText(a.path, b.path)),
    directories,
    outskirts,
    unlisted,
    findings,
  };
}

function* walkRoot(walking: Walking, path: string): Generator<void, RootStanding> {
  watchOutskirts(walking, path);
  const error = lookupError(path);
  if (error === undefined) {
    const before = walking.seen.size;
    yield* walkPath(walking, path);
    if (walking.unlisted.includes(join(path, sep))) return 'unreadable';
    return walking.seen.size === before && targetStats(path) !== undefined ? 'covered' : 'read';
  }
  if (isMissing(error)) return 'missing';
  walking.unlisted.push(path);
  walking.findings.push({ file: path, ...unreadable('The path', error) });
  return 'unreadable';
}

/** Why nothing can be told of a path; `undefined` if something is there. */
function lookupError(path: string): unknown {
  try {
    lstatSync(path);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Whether there is nothing at a path, as opposed to something that cannot be looked at, such as a server that does not answer. */
function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function* walkPath(walking: Walking, path: string): Generator<void> {
  const own = linkStats(path);
  const stats = own?.isSymbolicLink() ? targetStats(path) : own;
  if (stats?.isDirectory()) yield* walkDirectory(walking, path, stats);
  else if (own !== undefined) addFile(walking, path, own, stats);
}

function* walkDirectory(walking: Walking, path: string, stats: BigIntStats): Generator<void> {
  if (!firstVisit(walking, stats)) return;
  walking.directories.add(path);
  walking.onDirectory?.(path);
  for (const [i, entry] of list(walking, path).entries()) {
    if (i % ENTRIES_PER_STEP === 0) yield;
    if (isOfInterest(path, entry)) yield* walkPath(walking, join(path, entry.name));
  }
}

/** Other files than ours are left alone: they are not even looked at. */
function isOfInterest(directory: string, entry: Dirent): boolean {
  if (entry.name.startsWith('.')) return false;
  if (entry.isSymbolicLink() && !isConfigName(entry.name))
    return targetStats(join(directory, entry.name))?.isDirectory() === true;
  return entry.isDirectory() || isConfigName(entry.name);
}

/** Adds what is not a directory, also where reading it will fail: then whoever reads it says why. */
function addFile(walking: Walking, path: string, own: BigIntStats, target: BigIntStats | undefined): void {
  const link = own.isSymbolicLink();
  if (link) watchOutskirts(walking, targetOf(path));
  if (target !== undefined && !firstVisit(walking, target)) return;
  const stats = target ?? own;
  walking.files.push({ path, identity: fileIdentity(stats), modified: Number(stats.mtimeMs), link });
}

function list(walking: Walking, path: string): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((a, b) => compareText(a.name, b.name));
  } catch (error) {
    walking.unlisted.push(join(path, sep));
    walking.findings.push({ file: path, ...unreadable('The directory', error) });
    return [];
  }
}

/** A file or directory that links lead to on several ways is read once; this also ends circles. */
function firstVisit({ seen }: Walking, { dev, ino }: BigIntStats): boolean {
  const key = `${dev}:${ino}`;
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}

function watchOutskirts({ outskirts }: Walking, path: string): void {
  const directory = dirname(path);
  const names = outskirts.get(directory) ?? new Set();
  outskirts.set(directory, names.add(basename(path)));
}

function targetOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Of what the path leads to, links followed; `undefined` where that cannot be told. */
function targetStats(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true });
  } catch {
    return undefined;
  }
}

/** Of the path itself, links not followed; `undefined` if there is nothing. */
export function linkStats(path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true });
  } catch {
    return undefined;
  }
}
