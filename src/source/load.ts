/** Brings the table up to date with the files, all of them or some, in steps so that the caller can let others run in between. */
import { nextContent } from './content.js';
import { readText } from './files/read.js';
import type { FileTable } from './table.js';
import { type Walk, type WalkedFile, walk } from './files/walk.js';

/** What the table was last brought up to date with. */
export interface Look {
  readonly walk: Walk;
  readonly files: ReadonlyMap<string, WalkedFile>;
  /** When the walk began, in milliseconds of the epoch. */
  readonly at: number;
}

export const NO_LOOK: Look = {
  walk: { roots: new Map(), files: [], directories: new Set(), outskirts: new Map(), unlisted: [], findings: [] },
  files: new Map(),
  at: 0,
};

/** File systems stamp times so coarsely that two writes within this many milliseconds may look like one. */
const COARSEST_CLOCK = 100;

/**
 * Walks all paths and reads what is new, was written to since, or is among `changed`. Files that are gone stay in the table:
 * see {@link goneFiles}. `onDirectory` is called before a directory is listed.
 */
export function* loadAll(
  table: FileTable,
  paths: readonly string[],
  before: Look,
  changed: ReadonlySet<string>,
  onDirectory?: (path: string) => void,
): Generator<void, Look> {
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
  table.set(path, yield* nextContent(path, table.content(path), readText(path), table.optionsOf(path)));
}

/** Files of the table that were removed, as far as a look can tell. */
export function goneFiles(table: FileTable, { walk: { unlisted }, files }: Look): readonly string[] {
  return table.files().filter((path) => !files.has(path) && !unlisted.some((prefix) => path.startsWith(prefix)));
}

function mayHaveChanged(file: WalkedFile, before: Look): boolean {
  return before.files.get(file.path)?.identity !== file.identity || file.modified > before.at - COARSEST_CLOCK;
}
