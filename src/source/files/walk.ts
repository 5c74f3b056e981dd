/** Finds the files under the configured paths. It must not read files, only directories. */
import { type BigIntStats, type Dirent, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { compareText } from '../../api/resource.js';
import type { FileFinding, TextFinding } from '../yaml/finding.js';
import { MAX_DIRECTORY_DEPTH, type ReadLimits } from '../yaml/limits.js';
import { fileFinding, fileIdentity, isExhausted, unreadable } from './read.js';

export interface WalkedFile {
  /** Starts with the configured path, as given. */
  readonly path: string;
  /** Changes whenever the file is written to or replaced. */
  readonly identity: string;
  /** Time of the last write, in milliseconds since the epoch. */
  readonly modified: number;
  /** Whether the path is a symbolic link: its target may change without an event for this path. */
  readonly link: boolean;
}

/**
 * The state of a configured path: it is read, it does not exist, all its files were already found through another path, the
 * operating system denies access, so that its files are unknown, or it has more files and directories than the limit.
 */
export type RootState = 'read' | 'missing' | 'covered' | 'unreadable' | 'crowded';

export interface Walk {
  /** By configured path. */
  readonly roots: ReadonlyMap<string, RootState>;
  /** Ordered by path, including unreadable files. A file that is reachable through several paths occurs once. */
  readonly files: readonly WalkedFile[];
  /** The directories that were listed. */
  readonly directories: ReadonlySet<string>;
  /** Names outside of these directories whose changes matter, by directory: the configured paths and the targets of links. */
  readonly linkTargets: ReadonlyMap<string, ReadonlySet<string>>;
  /** Path prefixes that could not be listed: the absence of a file there does not mean that it was removed. */
  readonly unlisted: readonly string[];
  readonly findings: readonly FileFinding[];
  /** Whether a directory could not be listed for want of file descriptors. */
  readonly exhausted: boolean;
}

export interface WalkOptions {
  /** Called before a directory is listed, so that a watch that starts there misses no change. */
  readonly onDirectory?: (path: string) => void;
}

interface Walking extends WalkOptions {
  readonly limits: WalkLimits;
  /** The real paths of the configured paths. */
  readonly trees: readonly string[];
  readonly roots: Map<string, RootState>;
  readonly seen: Set<string>;
  readonly files: WalkedFile[];
  readonly directories: Set<string>;
  readonly linkTargets: Map<string, Set<string>>;
  readonly unlisted: string[];
  readonly findings: FileFinding[];
  /** Number of files and directories of the current root so far. */
  count: number;
  exhausted: boolean;
}

type WalkLimits = Pick<ReadLimits, 'files' | 'followLinks'>;

const EXTENSIONS = /\.(?:ya?ml|json)$/iu;

/** Number of directory entries per step. */
const ENTRIES_PER_STEP = 200;

/** Whether a file with this name in a directory is read: not hidden, not temporary, with a known extension. */
export function isConfigName(name: string): boolean {
  return !name.startsWith('.') && EXTENSIONS.test(name);
}

/** Walks files and directories, in steps so that other work can run in between. */
export function* walk(paths: readonly string[], limits: WalkLimits, options: WalkOptions = {}): Generator<void, Walk> {
  const walking: Walking = {
    ...options,
    limits,
    trees: paths.map(targetOf),
    count: 0,
    exhausted: false,
    roots: new Map(),
    seen: new Set(),
    files: [],
    directories: new Set(),
    linkTargets: new Map(),
    unlisted: [],
    findings: [],
  };
  for (const path of [...paths].sort(compareText)) walking.roots.set(path, yield* walkRoot(walking, path));
  const { roots, directories, linkTargets, unlisted, findings } = walking;
  return {
    roots,
    files: walking.files.sort((a, b) => compareText(a.path, b.path)),
    directories,
    linkTargets,
    unlisted,
    findings,
    exhausted: walking.exhausted,
  };
}

function* walkRoot(walking: Walking, path: string): Generator<void, RootState> {
  addLinkTarget(walking, path);
  const error = lookupError(path);
  if (error === undefined) {
    const before = walking.seen.size;
    walking.count = 0;
    yield* walkPath(walking, path, 0);
    if (isCrowded(walking)) return leaveOut(walking, path, tooManyFiles(walking.limits), 'crowded');
    if (walking.unlisted.includes(join(path, sep))) return 'unreadable';
    return walking.seen.size === before && targetStats(path) !== undefined ? 'covered' : 'read';
  }
  if (isMissing(error)) return 'missing';
  walking.unlisted.push(path);
  walking.findings.push({ file: path, ...unreadable('The path', error) });
  return 'unreadable';
}

/** The error when a path is looked up; `undefined` if it exists. */
function lookupError(path: string): unknown {
  try {
    lstatSync(path);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Whether a path does not exist. Other errors, such as a file server that does not respond, say nothing about that. */
function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/** Whether a path is another one, or inside of it. */
export function isInside(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep);
}

function isCrowded({ count, limits }: Walking): boolean {
  return count > limits.files;
}

/** Notes that not all files of a path are known, and why. */
function leaveOut<Result>({ unlisted, findings }: Walking, path: string, finding: TextFinding, result: Result): Result {
  unlisted.push(join(path, sep));
  findings.push({ file: path, ...finding });
  return result;
}

function tooManyFiles({ files }: WalkLimits): TextFinding {
  const message = `There are more than ${files} files and directories here. Those that are new are not read. Remove files, give a path further in, or set --max-files.`;
  return fileFinding('TooManyFiles', message);
}

/** @param depth number of directories between the configured path and this one. */
function* walkPath(walking: Walking, path: string, depth: number): Generator<void> {
  const own = linkStats(path);
  const stats = own?.isSymbolicLink() ? targetStats(path) : own;
  if (own?.isSymbolicLink() && depth > 0 && stats !== undefined && leadsOut(walking, path)) return;
  if (stats?.isDirectory()) yield* walkDirectory(walking, path, stats, depth);
  else if (own !== undefined) addFile(walking, path, own, stats);
}

/** Whether a link is not followed because its target is outside of the configured paths. A finding says so. */
function leadsOut({ limits, trees, findings }: Walking, path: string): boolean {
  if (limits.followLinks) return false;
  const target = targetOf(path);
  if (trees.some((tree) => isInside(target, tree))) return false;
  const message = `The link leads out of the configured paths, to ${target}, and is not followed. Configure that path too, or set --follow-links.`;
  findings.push({ file: path, ...fileFinding('LinkNotFollowed', message, 'warning') });
  return true;
}

function* walkDirectory(walking: Walking, path: string, stats: BigIntStats, depth: number): Generator<void> {
  if (!firstVisit(walking, stats)) return;
  if (depth > MAX_DIRECTORY_DEPTH) {
    const message = `The directory is nested deeper than ${MAX_DIRECTORY_DEPTH} levels and is not read.`;
    leaveOut(walking, path, fileFinding('DirectoryTooDeep', message), undefined);
    return;
  }
  walking.directories.add(path);
  walking.onDirectory?.(path);
  for (const [i, entry] of list(walking, path).entries()) {
    if (i % ENTRIES_PER_STEP === 0) yield;
    if (isOfInterest(path, entry)) yield* walkPath(walking, join(path, entry.name), depth + 1);
    if (isCrowded(walking)) return;
  }
}

/** Files with other names are not accessed at all. */
function isOfInterest(directory: string, entry: Dirent): boolean {
  if (entry.name.startsWith('.')) return false;
  if (entry.isSymbolicLink() && !isConfigName(entry.name))
    return targetStats(join(directory, entry.name))?.isDirectory() === true;
  return entry.isDirectory() || isConfigName(entry.name);
}

/** Adds anything that is not a directory, even if reading it will fail: the reader reports the reason. */
function addFile(walking: Walking, path: string, own: BigIntStats, target: BigIntStats | undefined): void {
  const link = own.isSymbolicLink();
  if (link) addLinkTarget(walking, targetOf(path));
  if (target !== undefined && !firstVisit(walking, target)) return;
  const stats = target ?? own;
  walking.files.push({ path, identity: fileIdentity(stats), modified: Number(stats.mtimeMs), link });
}

function list(walking: Walking, path: string): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((a, b) => compareText(a.name, b.name));
  } catch (error) {
    walking.exhausted ||= isExhausted(error);
    return leaveOut(walking, path, unreadable('The directory', error), []);
  }
}

/** A file or directory that is reachable through several links is visited once. This also ends cycles. */
function firstVisit(walking: Walking, { dev, ino }: BigIntStats): boolean {
  const key = `${dev}:${ino}`;
  if (walking.seen.has(key)) return false;
  walking.seen.add(key);
  walking.count++;
  return true;
}

function addLinkTarget({ linkTargets }: Walking, path: string): void {
  const directory = dirname(path);
  const names = linkTargets.get(directory) ?? new Set();
  linkTargets.set(directory, names.add(basename(path)));
}

function targetOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** The stats of the target of a path, with links followed; `undefined` on any error. */
function targetStats(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true });
  } catch {
    return undefined;
  }
}

/** The stats of a path itself, without following links; `undefined` on any error. */
export function linkStats(path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true });
  } catch {
    return undefined;
  }
}
