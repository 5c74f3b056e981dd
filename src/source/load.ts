/** Updates the table from all or some files, in steps so that other work can run in between. */
import { nextContent } from './last-good-content.js';
import { readFileText } from './files/read.js';
import type { FileTable } from './table.js';
import { type Walk, type WalkedFile, walk } from './files/walk.js';

/** The result of the last walk over all paths. */
export interface Scan {
  readonly walk: Walk;
  readonly files: ReadonlyMap<string, WalkedFile>;
  /** Start of the walk, in milliseconds since the epoch. */
  readonly at: number;
}

export const NO_SCAN: Scan = {
  walk: { roots: new Map(), files: [], directories: new Set(), linkTargets: new Map(), unlisted: [], findings: [] },
  files: new Map(),
  at: 0,
};

/** Milliseconds within which two writes may get the same modification time, because file systems round it. */
const COARSEST_CLOCK = 100;

/**
 * Walks all paths and reads the files that are new, were written to, or are in `changed`. Removed files stay in the table:
 * see {@link goneFiles}. `onDirectory` is called before a directory is listed.
 */
export function* loadAll(
  table: FileTable,
  paths: readonly string[],
  before: Scan,
  changed: ReadonlySet<string>,
  onDirectory?: (path: string) => void,
): Generator<void, Scan> {
  const at = Date.now();
  const walked = yield* walk(paths, onDirectory);
  for (const file of walked.files) {
    if (changed.has(file.path) || mayHaveChanged(file, before)) yield* loadFile(table, file.path);
  }
  return { walk: walked, files: new Map(walked.files.map((file) => [file.path, file])), at };
}

/** Reads known files again. */
export function* loadFiles(table: FileTable, files: Iterable<string>): Generator<void, void> {
  for (const path of files) yield* loadFile(table, path);
}

function* loadFile(table: FileTable, path: string): Generator<void> {
  table.set(path, yield* nextContent(path, table.content(path), readFileText(path), table.optionsOf(path)));
}

/** The files of the table that the scan did not find, except those in places that could not be listed. */
export function goneFiles(table: FileTable, { walk: { unlisted }, files }: Scan): readonly string[] {
  return table.files().filter((path) => !files.has(path) && !unlisted.some((prefix) => path.startsWith(prefix)));
}

function mayHaveChanged(file: WalkedFile, before: Scan): boolean {
  return before.files.get(file.path)?.identity !== file.identity || file.modified > before.at - COARSEST_CLOCK;
}
