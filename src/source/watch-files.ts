/** Keeps reading files as they change, for `serve`. Knows nothing of what is done with the resources. */
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Burst, createBurst } from './files/burst.js';
import { type DirectoryWatches, createDirectoryWatches } from './files/directory-watches.js';
import { type Look, NO_LOOK, goneFiles, loadAll, loadFiles } from './load.js';
import { runInSlices } from './files/slices.js';
import { SourceError } from './files/source-error.js';
import { type Batch, type FileTable, createFileTable } from './table.js';
import { isConfigName, linkStats } from './files/walk.js';

export interface WatchOptions {
  /** Gets every batch, in order. The first is the complete load and comes before {@link watchFiles} resolves. */
  readonly onBatch: (batch: Batch) => void;
  /** Gets what the operating system does not let us do. The source goes on with the rest. */
  readonly onError: (error: SourceError) => void;
  /**
   * Every so many milliseconds all files are looked at, unread unless they changed, in case an event was lost. Default 30 000;
   * 1 000 while some directory cannot be watched.
   */
  readonly rescanInterval?: number;
}

export interface FileSource {
  /** Ends the watches. No batch comes after it has resolved. */
  close(): Promise<void>;
}

/** What to look at again: one path, or everything. */
type Hint = string | typeof EVERYTHING;

const EVERYTHING = Symbol('everything');

/** Milliseconds without an event after which a burst of events is over, and the longest that a burst may last. */
const SETTLE_TIMES = { quiet: 10, longest: 50 };

/**
 * Milliseconds after which we look again before a resource is taken away, or kept only because of a mistake: programs that save
 * a file may remove it first, or write it in pieces.
 */
const SECOND_LOOK = 50;

const RESCAN_INTERVAL = 30_000;
const RESCAN_INTERVAL_UNWATCHED = 1_000;

interface Watching {
  readonly paths: readonly string[];
  readonly table: FileTable;
  readonly burst: Burst<Hint>;
  readonly watches: DirectoryWatches;
  readonly closing: AbortController;
  look: Look;
  /** Files that the look found gone and that are in the table still. */
  gone: readonly string[];
}

/**
 * Reads files and, recursively, directories, and goes on reading what changes. A change is handed on 10 ms after the last event
 * of its burst (50 ms after the first at the latest; 50 ms later if it takes a resource away), all of the burst as one batch.
 */
export async function watchFiles(paths: readonly string[], options: WatchOptions): Promise<FileSource> {
  const watching = startWatches(paths, options);
  try {
    await update(watching, new Set([EVERYTHING]), options.onBatch);
  } catch (error) {
    end(watching);
    throw error;
  }
  const running = run(watching, options);
  scheduleRescans(watching, options);
  return {
    close: () => {
      end(watching);
      return running;
    },
  };
}

function end({ closing, watches, burst }: Watching): void {
  closing.abort();
  watches.close();
  burst.close();
}

function startWatches(paths: readonly string[], { onError }: WatchOptions): Watching {
  const burst = createBurst<Hint>(SETTLE_TIMES);
  const watches = createDirectoryWatches({
    onEvent: (directory, name) => {
      const hint = hintOf(watching.look, directory, name);
      if (hint !== undefined) burst.add(hint);
    },
    onFailure: (directory, cause) => onError(watchFailed(directory, cause)),
  });
  const closing = new AbortController();
  const watching: Watching = { paths, table: createFileTable(), burst, watches, closing, look: NO_LOOK, gone: [] };
  return watching;
}

async function run(watching: Watching, { onBatch, onError }: WatchOptions): Promise<void> {
  for (;;) {
    const hints = await watching.burst.next();
    if (hints === undefined) return;
    try {
      await update(watching, hints, onBatch);
    } catch (error) {
      onError(new SourceError('BatchFailed', 'A change of the files could not be applied.', error));
    }
  }
}

/** Looks at what was hinted at, a second time where something would be lost, and hands the changes on. */
async function update(watching: Watching, hints: ReadonlySet<Hint>, onBatch: WatchOptions['onBatch']): Promise<void> {
  const { table, burst, closing } = watching;
  await lookAt(watching, hints);
  if (table.losing() || watching.gone.length > 0) {
    await delay(SECOND_LOOK, undefined, { signal: closing.signal }).catch(() => undefined);
    await lookAt(watching, new Set([...hints, ...burst.take()]));
  }
  if (closing.signal.aborted) return;
  for (const path of watching.gone) table.remove(path);
  watching.gone = [];
  const batch = table.commit();
  if (batch !== undefined) onBatch(batch);
}

async function lookAt(watching: Watching, hints: ReadonlySet<Hint>): Promise<void> {
  const { paths, table, watches } = watching;
  const changed = new Set([...hints].filter((hint) => hint !== EVERYTHING));
  if (!hints.has(EVERYTHING) && [...changed].every(isFile)) return runInSlices(loadFiles(table, changed));
  watching.look = await runInSlices(loadAll(table, paths, watching.look, changed, (path) => watches.add(path)));
  watching.gone = goneFiles(table, watching.look);
  const { directories, outskirts } = watching.look.walk;
  for (const directory of outskirts.keys()) watches.add(directory);
  watches.retain([...directories, ...outskirts.keys()]);
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
  const message = `Changes in ${directory} are not reported (${reason}); they are looked for every second instead.`;
  return new SourceError('WatchFailed', message, cause);
}
