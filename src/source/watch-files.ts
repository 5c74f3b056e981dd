/** Keeps reading files as they change, for `serve`. Knows nothing of what is done with the resources. */
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ConfigPath, type ConfigPaths, createConfigPaths } from './config-path.js';
import { type Burst, createBurst } from './files/burst.js';
import { type DirectoryWatches, createDirectoryWatches } from './files/directory-watches.js';
import { type Look, NO_LOOK, goneFiles, loadAll, loadFiles } from './load.js';
import { runInSlices } from './files/slices.js';
import { SourceError } from './files/source-error.js';
import { type Batch, type FileTable, createFileTable } from './table.js';
import type { PathState } from './path-state.js';
import { isConfigName, linkStats } from './files/walk.js';
import { type WatchedPaths, createWatchedPaths } from './watched-paths.js';

export interface WatchOptions {
  /**
   * Gets every batch, in order, and how each path fares with it. The first is the complete load and comes before
   * {@link watchFiles} resolves.
   */
  readonly onBatch: (batch: Batch, states: readonly PathState[]) => void;
  /** Gets what the operating system does not let us do. The source goes on with the rest. */
  readonly onError: (error: SourceError) => void;
  /** Gets how each path fares after every look at the files, and after the batch that followed from it. Default: nobody does. */
  readonly onPaths?: (states: readonly PathState[]) => void;
  /**
   * Milliseconds that the last resources of a path or file stay in force after it suddenly holds nothing at all; 0: they go at
   * once. Default: 600 000.
   */
  readonly grace?: number;
  /**
   * Milliseconds without anything more coming back after which what such a path still lacks counts as removed. Default: 2 000.
   */
  readonly settle?: number;
  /**
   * Every so many milliseconds all files are looked at, unread unless they changed, in case an event was lost. Default 30 000;
   * 1 000 while some directory cannot be watched.
   */
  readonly rescanInterval?: number;
}

export interface FileSource {
  /** Reads every file again, whether it seems to have changed or not. Resolves when that has been handed on. */
  reload(): Promise<void>;
  /** Ends the watches. No batch comes after it has resolved. */
  close(): Promise<void>;
}

/** What to look at again: one path, everything that changed, or all there is. */
type Hint = string | typeof EVERYTHING | Reload;

interface Reload {
  readonly done: () => void;
}

const EVERYTHING = Symbol('everything');

/** Milliseconds without an event after which a burst of events is over, and the longest that a burst may last. */
const SETTLE_TIMES = { quiet: 10, longest: 50 };

/**
 * Milliseconds after which we look again before a resource is taken away, or kept only because of a mistake: programs that save
 * a file may remove it first, or write it in pieces.
 */
const SECOND_LOOK = 50;

/** How often we look again at most while more and more files disappear, as they do when a large directory is removed. */
const MOST_LOOKS = 40;

/** Files that disappear between two looks by more than this share are on their way out together. */
const MANY = 0.1;

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
  look: Look;
  /** Files that the look found gone and that are in the table still. */
  gone: readonly string[];
  /** Ends the wait for the next change that time alone brings about. */
  alarm: NodeJS.Timeout | undefined;
}

/**
 * Reads files and, recursively, directories, and goes on reading what changes. A change is handed on 10 ms after the last event
 * of its burst (50 ms after the first at the latest; 50 ms later if it takes a resource away), all of the burst as one batch.
 */
export async function watchFiles(paths: readonly (string | ConfigPath)[], options: WatchOptions): Promise<FileSource> {
  const watching = startWatches(createConfigPaths(paths), options);
  try {
    await update(watching, new Set([EVERYTHING]), options);
  } catch (error) {
    end(watching);
    throw error;
  }
  const running = run(watching, options);
  scheduleRescans(watching, options);
  return {
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

function startWatches(paths: ConfigPaths, { onError, grace = GRACE, settle = RETURN_SETTLE }: WatchOptions): Watching {
  const burst = createBurst<Hint>(SETTLE_TIMES);
  const watches = createDirectoryWatches({
    onEvent: (directory, name) => {
      const hint = hintOf(watching.look, directory, name);
      if (hint !== undefined) burst.add(hint);
    },
    onFailure: (directory, cause) => onError(watchFailed(directory, cause)),
  });
  const watched = createWatchedPaths(paths, { grace, settle });
  const table = createFileTable({ clusterOf: paths.clusterOf, onContent: watched.replace });
  const closing = new AbortController();
  const watching: Watching = {
    paths,
    table,
    watched,
    burst,
    watches,
    closing,
    look: NO_LOOK,
    gone: [],
    alarm: undefined,
  };
  return watching;
}

async function run(watching: Watching, options: WatchOptions): Promise<void> {
  for (;;) {
    const hints = await watching.burst.next();
    if (hints === undefined) return;
    try {
      await update(watching, hints, options);
    } catch (error) {
      options.onError(new SourceError('BatchFailed', 'A change of the files could not be applied.', error));
    }
  }
}

/** Looks at what was hinted at, again where something would be lost, and hands the changes on. */
async function update(watching: Watching, hints: ReadonlySet<Hint>, options: WatchOptions): Promise<void> {
  const { table, closing } = watching;
  const known = table.files().length;
  const all = new Set(hints);
  await lookAt(watching, all);
  for (let looks = 0, before = -1; looks < MOST_LOOKS && isLosing(watching, before, known); looks++) {
    before = watching.gone.length;
    await delay(SECOND_LOOK, undefined, { signal: closing.signal }).catch(() => undefined);
    for (const hint of watching.burst.take()) all.add(hint);
    await lookAt(watching, all);
  }
  if (!closing.signal.aborted) handOn(watching, options);
  for (const hint of all) if (isReload(hint)) hint.done();
}

/** Whether to look again: a second time where anything would be lost, and then as long as more and more files disappear. */
function isLosing({ table, gone }: Watching, before: number, known: number): boolean {
  if (before < 0) return table.losing() || gone.length > 0;
  return gone.length !== before && (Math.abs(gone.length - before) > known * MANY || gone.length * 2 > known);
}

/** Puts in force what was found and gives the changes to whoever wants them. */
function handOn(watching: Watching, { onBatch, onPaths }: WatchOptions): void {
  const { table, watched, look } = watching;
  for (const path of watching.gone) table.remove(path);
  watching.gone = [];
  watched.look(look.walk);
  const batch = table.commit({
    keeps: watched.keeps,
    pathFindings: (held) => [...look.walk.findings, ...watched.findings(table, held)],
  });
  scheduleAlarm(watching);
  const states = watched.states();
  if (batch !== undefined) onBatch(batch, states);
  onPaths?.(states);
}

/** Looks again when what is kept for a time is to go. */
function scheduleAlarm(watching: Watching): void {
  clearTimeout(watching.alarm);
  const wait = watching.watched.nextChange();
  watching.alarm =
    wait === undefined
      ? undefined
      : setTimeout(() => watching.burst.add(EVERYTHING), Math.min(wait, LONGEST_TIMER)).unref();
}

/** Node's timers take no more milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

async function lookAt(watching: Watching, hints: ReadonlySet<Hint>): Promise<void> {
  const { paths, table, watches } = watching;
  const changed = new Set([...hints].filter((hint) => typeof hint === 'string'));
  const reloads = [...hints].some(isReload);
  if (reloads) for (const file of table.files()) changed.add(file);
  if (!reloads && !hints.has(EVERYTHING) && [...changed].every(isFile)) return runInSlices(loadFiles(table, changed));
  const names = paths.all.map(({ path }) => path);
  watching.look = await runInSlices(loadAll(table, names, watching.look, changed, (path) => watches.add(path)));
  watching.gone = goneFiles(table, watching.look);
  const { directories, outskirts } = watching.look.walk;
  for (const directory of outskirts.keys()) watches.add(directory);
  watches.retain([...directories, ...outskirts.keys()]);
}

function isReload(hint: Hint): hint is Reload {
  return typeof hint === 'object';
}

/** What an event means: a known file changed, or something that only looking at everything can tell, or nothing. */
function hintOf({ walk, files }: Look, directory: string, name: string | undefined): Hint | undefined {
  const path = join(directory, name ?? '');
  if (files.get(path)?.link === false) return path;
  const [listed, names] = [walk.directories.has(directory), walk.outskirts.get(directory)];
  // A directory of neither sort was found by a look that is still going on.
  const unclear = name === undefined || (!listed && names === undefined);
  return unclear || names?.has(name) === true || (listed && isTelling(walk, path)) ? EVERYTHING : undefined;
}

/** Whether an entry of a listed directory may add or remove files. Kubernetes swaps a ConfigMap by names with two dots. */
function isTelling({ directories }: Look['walk'], path: string): boolean {
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
