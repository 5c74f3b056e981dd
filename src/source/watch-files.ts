/** Reads files whenever they change, for `serve`. It must not know what resources are used for. */
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ConfigPath, type ConfigPaths, createConfigPaths } from './files/config-path.js';
import { type Burst, createBurst } from './files/burst.js';
import { type DirectoryWatches, createDirectoryWatches } from './files/directory-watches.js';
import { restoredContent } from './contents/last-good-content.js';
import { RestoredContents, firstBatch } from './restored-contents.js';
import { type StoredFile, toStoredFiles } from './state/stored-file.js';
import { type Loading, type Scan, NO_SCAN, goneFiles, loadAll, loadFiles } from './load.js';
import { type PendingReads, createPendingReads } from './pending-reads.js';
import { DEFAULT_READ_LIMITS, type ReadLimits } from './yaml/limits.js';
import { runInTurns } from '../turns/run-in-turns.js';
import { SourceError } from './files/source-error.js';
import { type ResourceBatch, type FileTable, createFileTable } from './contents/table.js';
import type { PathState } from './contents/path-state.js';
import { isConfigName, linkStats } from './files/walk.js';
import { type WatchedPaths, createWatchedPaths } from './watched-paths.js';

export interface WatchOptions {
  /**
   * Called with each batch, in order, and the states of the paths. The first batch is the complete load; it precedes the
   * resolution of {@link watchFiles}.
   */
  readonly onBatch: (batch: ResourceBatch, states: readonly PathState[]) => void;
  /** Called with errors of the operating system. The source continues. */
  readonly onError: (error: SourceError) => void;
  /** Called with the states of the paths after each scan, and after the batch of that scan. */
  readonly onPaths?: (states: readonly PathState[]) => void;
  /**
   * Milliseconds that the last resources of a path or file stay in force after it suddenly becomes empty; 0: they are deleted
   * at once. Default: 600 000.
   */
  readonly grace?: number;
  /**
   * When some resources of such a path are back: milliseconds without a further one after which the missing ones are deleted.
   * Default: 2 000.
   */
  readonly settle?: number;
  /**
   * Milliseconds between scans of all paths, in case an event was lost. A scan reads changed files only. Default: 30 000;
   * 1 000 while a directory cannot be watched.
   */
  readonly rescanInterval?: number;
  /**
   * Files as they were at an earlier time. What they say is in force until the first scan, which is then like any later one: valid
   * files win, missing files count as removed, and what is invalid or suddenly empty keeps this content. Default: none.
   */
  readonly restore?: readonly StoredFile[];
  /** Default: {@link DEFAULT_READ_LIMITS}. */
  readonly limits?: ReadLimits;
  /** Milliseconds that are spent on one file before changes of other files are applied. Default: 100. */
  readonly patience?: number;
}

export interface FileSource {
  /** Reads all files again, changed or not. Resolves when the result was passed to `onBatch`. */
  reload(): Promise<void>;
  /** The documents of all resources in force, in steps. */
  stored(): Generator<void, readonly StoredFile[]>;
  /** How many resources are in force only by what {@link WatchOptions.restore} had. */
  restored(): number;
  /** Ends the watches. There is no batch after it resolves. */
  close(): Promise<void>;
}

/** What to scan: one path, everything that changed, or all files. */
type Hint = string | typeof EVERYTHING | Reload;

interface Reload {
  readonly done: () => void;
}

const EVERYTHING = Symbol('everything');

/** Milliseconds without an event after which a burst of events ends, and the maximum duration of a burst. */
const SETTLE_TIMES = { quiet: 10, longest: 50 };

/**
 * Milliseconds until a second scan, before a resource is deleted or kept because of an error: programs that save a file may
 * remove it first, or write it in parts.
 */
const SECOND_SCAN_DELAY = 50;

/** The maximum number of scans while more and more files disappear, as during the removal of a large directory. */
const MAX_SCANS = 40;

/** If more than this share of the files disappears between two scans, a removal of many files is in progress. */
const MANY = 0.1;

/** Milliseconds until what could not be read for want of file descriptors is tried again. */
const EXHAUSTED_RETRY = 250;

const PATIENCE = 100;
const RESCAN_INTERVAL = 30_000;
const RESCAN_INTERVAL_UNWATCHED = 1_000;
const GRACE = 600_000;
const RETURN_SETTLE = 2_000;

interface Watching {
  readonly paths: ConfigPaths;
  readonly table: FileTable;
  readonly watched: WatchedPaths;
  readonly burst: Burst<Hint>;
  readonly watches: DirectoryWatches;
  readonly closing: AbortController;
  readonly limits: ReadLimits;
  /** Files that are still being read. While there are any, nothing is deleted: a resource may have moved to one of them. */
  readonly pending: PendingReads;
  /** What comes from an earlier time. */
  readonly restored: RestoredContents;
  /** How many resources in force come from there. */
  restoredCount: number;
  /** The batch of that, which precedes the first scan and is passed on with it. */
  earlier: ResourceBatch | undefined;
  /** Called when all files of a reload have been read. */
  reloads: readonly Reload['done'][];
  /** Whether all files were read once. Nothing is passed on before. */
  loaded: boolean;
  scan: Scan;
  /** Files that the last scan did not find and that are still in the table. */
  gone: readonly string[];
  /** Timer for the next change that needs no event, such as the end of a grace time. */
  alarm: NodeJS.Timeout | undefined;
}

/**
 * Reads files and, recursively, directories, and continues to read what changes. A burst of events is one batch. It is passed
 * on 10 ms after the last event and at most 50 ms after the first; 50 ms later if it deletes a resource.
 */
export async function watchFiles(paths: readonly (string | ConfigPath)[], options: WatchOptions): Promise<FileSource> {
  const watching = startWatches(createConfigPaths(paths), options);
  try {
    await restore(watching, options.restore ?? []);
    await update(watching, new Set([EVERYTHING]), options);
  } catch (error) {
    end(watching);
    throw error;
  }
  const running = run(watching, options);
  scheduleRescans(watching, options);
  return {
    stored: () => toStoredFiles(watching.table.inForce()),
    restored: () => watching.restoredCount,
    reload: () => new Promise((done) => watching.burst.add({ done })),
    close: () => {
      end(watching);
      return running;
    },
  };
}

function end({ closing, watches, burst, alarm }: Watching): void {
  closing.abort();
  watches.close();
  burst.close();
  clearTimeout(alarm);
}

function startWatches(
  paths: ConfigPaths,
  { onError, grace = GRACE, settle = RETURN_SETTLE, limits = DEFAULT_READ_LIMITS, patience = PATIENCE }: WatchOptions,
): Watching {
  const burst = createBurst<Hint>(SETTLE_TIMES);
  const watches = createDirectoryWatches({
    onEvent: (directory, name) => {
      const hint = hintOf(watching.scan, directory, name);
      if (hint !== undefined) burst.add(hint);
    },
    onFailure: (directory, cause) => onError(watchFailed(directory, cause)),
  });
  const watched = createWatchedPaths(paths, { grace, settle });
  const table = createFileTable({ clusterOf: paths.clusterOf, onContent: watched.replace });
  const closing = new AbortController();
  const pending = createPendingReads({
    patience,
    onContent: (file, content) => table.set(file, content),
    onOutdated: (file) => burst.add(file),
  });
  const watching: Watching = {
    paths,
    table,
    watched,
    burst,
    watches,
    closing,
    ...{
      limits,
      pending,
      reloads: [],
      loaded: false,
      restored: new RestoredContents(),
      restoredCount: 0,
      earlier: undefined,
    },
    scan: NO_SCAN,
    gone: [],
    alarm: undefined,
  };
  return watching;
}

async function run(watching: Watching, options: WatchOptions): Promise<void> {
  for (;;) {
    const hints = await nextHints(watching);
    if (hints === undefined) return;
    try {
      await update(watching, hints, options);
    } catch (error) {
      options.onError(new SourceError('BatchFailed', 'A change of the files could not be applied.', error));
    }
  }
}

/** The next burst of events; without any, when a pending file has been read. `undefined` at the end. */
async function nextHints({ burst, pending, closing }: Watching): Promise<ReadonlySet<Hint> | undefined> {
  if (pending.count() === 0) return burst.next();
  const isInterrupted = (): boolean => burst.settled() || closing.signal.aborted;
  await runInTurns(pending.proceed(isInterrupted));
  return isInterrupted() ? burst.next() : new Set();
}

/** Scans what the hints refer to, again if resources would be lost, and passes the changes on. */
async function update(watching: Watching, hints: ReadonlySet<Hint>, options: WatchOptions): Promise<void> {
  const { table, closing } = watching;
  const known = table.files().length;
  const all = new Set(hints);
  await rescanPaths(watching, all);
  for (let scans = 0, before = -1; scans < MAX_SCANS && mayLoseResources(watching, before, known); scans++) {
    before = watching.gone.length;
    await delay(SECOND_SCAN_DELAY, undefined, { signal: closing.signal }).catch(() => undefined);
    for (const hint of watching.burst.take()) all.add(hint);
    await rescanPaths(watching, all);
  }
  watching.reloads = [...watching.reloads, ...[...all].filter(isReload).map(({ done }) => done)];
  while (!watching.loaded && watching.pending.count() > 0 && !closing.signal.aborted)
    await runInTurns(watching.pending.proceed(() => closing.signal.aborted));
  if (!closing.signal.aborted) passOn(watching, options);
  if (watching.pending.count() > 0) return;
  for (const done of watching.reloads) done();
  watching.reloads = [];
}

/** Whether to scan again: a second time if resources would be lost, then while more and more files disappear. */
function mayLoseResources({ table, gone }: Watching, before: number, known: number): boolean {
  if (before < 0) return table.wouldLoseResources() || gone.length > 0;
  return gone.length !== before && (Math.abs(gone.length - before) > known * MANY || gone.length * 2 > known);
}

/** Applies the result of the scan and passes the changes on. */
function passOn(watching: Watching, { onBatch, onPaths }: WatchOptions): void {
  const { table, watched, scan, pending } = watching;
  watching.loaded = true;
  for (const path of watching.gone) {
    pending.drop(path);
    table.remove(path);
  }
  watching.gone = [];
  watched.scanned(scan.walk);
  const changes = table.commit({
    keeps: (file) => pending.count() > 0 || watched.keeps(file),
    pathFindings: (held) => [...scan.walk.findings, ...watched.findings(table, held)],
  });
  const { earlier } = watching;
  const batch = earlier === undefined ? changes : firstBatch(table, changes ?? earlier);
  watching.earlier = undefined;
  if (watching.restoredCount > 0) watching.restoredCount = watching.restored.count(table);
  scheduleAlarm(watching);
  const states = watched.states();
  if (batch !== undefined) onBatch(batch, states);
  onPaths?.(states);
}

/** Takes the files of an earlier time into the table. */
async function restore(watching: Watching, files: readonly StoredFile[]): Promise<void> {
  const { paths, table, limits, restored } = watching;
  for (const { file, documents } of files) {
    if (paths.holding(file).length === 0) continue;
    const options = { ...table.optionsOf(file), limits };
    const content = await runInTurns(restoredContent(documents, options));
    restored.add(content);
    table.set(file, content);
  }
  if (table.files().length === 0) return;
  watching.earlier = table.commit();
  watching.restoredCount = restored.count(table);
}

/** Schedules a scan for the end of the next grace time. */
function scheduleAlarm(watching: Watching): void {
  clearTimeout(watching.alarm);
  const wait = watching.watched.nextChange();
  watching.alarm =
    wait === undefined
      ? undefined
      : setTimeout(() => watching.burst.add(EVERYTHING), Math.min(wait, LONGEST_TIMER)).unref();
}

/** The maximum delay of a Node.js timer, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

async function rescanPaths(watching: Watching, hints: ReadonlySet<Hint>): Promise<void> {
  const { paths, table, watches, limits, pending } = watching;
  const retry = (file: string | undefined): void => {
    setTimeout(() => watching.burst.add(file ?? EVERYTHING), EXHAUSTED_RETRY).unref();
  };
  const loading: Loading = {
    table,
    limits,
    readFile: (file, text, steps) => pending.start(file, text, steps),
    onExhausted: retry,
  };
  const changed = new Set([...hints].filter((hint) => typeof hint === 'string'));
  const reloads = [...hints].some(isReload);
  if (reloads) for (const file of table.files()) changed.add(file);
  if (!reloads && !hints.has(EVERYTHING) && [...changed].every(isFile)) return runInTurns(loadFiles(loading, changed));
  const names = paths.all.map(({ path }) => path);
  watching.scan = await runInTurns(loadAll(loading, names, watching.scan, changed, (path) => watches.add(path)));
  watching.gone = goneFiles(table, watching.scan);
  const { directories, linkTargets } = watching.scan.walk;
  for (const directory of linkTargets.keys()) watches.add(directory);
  watches.retain([...directories, ...linkTargets.keys()]);
}

function isReload(hint: Hint): hint is Reload {
  return typeof hint === 'object';
}

/** What an event requires: reading one known file, scanning everything, or nothing. */
function hintOf({ walk, files }: Scan, directory: string, name: string | undefined): Hint | undefined {
  const path = join(directory, name ?? '');
  if (files.get(path)?.link === false) return path;
  const [listed, names] = [walk.directories.has(directory), walk.linkTargets.get(directory)];
  // A directory that is in neither map was found by a scan that is still running.
  const unclear = name === undefined || (!listed && names === undefined);
  return unclear || names?.has(name) === true || (listed && affectsFiles(walk, path)) ? EVERYTHING : undefined;
}

/** Whether an entry of a listed directory may add or remove files. Kubernetes updates a ConfigMap through names that start with two dots. */
function affectsFiles({ directories }: Scan['walk'], path: string): boolean {
  const name = basename(path);
  if (name.startsWith('.')) return name.startsWith('..');
  return isConfigName(name) || directories.has(path) || isDirectoryOrLink(path);
}

function isFile(path: string): boolean {
  return linkStats(path)?.isFile() === true;
}

function isDirectoryOrLink(path: string): boolean {
  const stats = linkStats(path);
  return stats?.isDirectory() === true || stats?.isSymbolicLink() === true;
}

function scheduleRescans({ burst, watches, closing }: Watching, { rescanInterval }: WatchOptions): void {
  const schedule = (): NodeJS.Timeout =>
    setTimeout(rescan, rescanInterval ?? (watches.complete() ? RESCAN_INTERVAL : RESCAN_INTERVAL_UNWATCHED)).unref();
  let timer = schedule();
  function rescan(): void {
    burst.add(EVERYTHING);
    timer = schedule();
  }
  closing.signal.addEventListener('abort', () => clearTimeout(timer));
}

function watchFailed(directory: string, cause: unknown): SourceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `Changes in ${directory} are not reported (${reason}); the directory is polled every second instead.`;
  return new SourceError('WatchFailed', message, cause);
}
