/** Updates the table from all or some files, in steps so that other work can run in between. */
import { type FileContent, nextContent } from './contents/last-good-content.js';
import { type FileText, readFileText } from './files/read.js';
import type { FileTable } from './contents/table.js';
import { type Walk, type WalkOptions, type WalkedFile, isInside, walk } from './files/walk.js';
import type { ReadLimits } from './yaml/limits.js';

/** The result of the last walk over all paths. */
export interface Scan {
  readonly walk: Walk;
  readonly files: ReadonlyMap<string, WalkedFile>;
  /** Start of the walk, in milliseconds since the epoch. */
  readonly at: number;
}

export const NO_SCAN: Scan = {
  walk: {
    roots: new Map(),
    files: [],
    directories: new Set(),
    linkTargets: new Map(),
    unlisted: [],
    findings: [],
    exhausted: false,
  },
  files: new Map(),
  at: 0,
};

/** Milliseconds within which two writes may get the same modification time, because file systems round it. */
const COARSEST_CLOCK = 100;

/** What reading takes: the table, the limits, and how the content of a file gets into the table. */
export interface Loading {
  readonly table: FileTable;
  readonly limits: ReadLimits;
  /** Reads a file in steps, and sets its content in the table. Default: {@link readWhole}. */
  readonly readFile?: ReadFile;
  /** Called when a file, or a directory (`undefined`), could not be read for want of file descriptors. */
  readonly onExhausted?: (file: string | undefined) => void;
}

type ReadFile = (file: string, text: FileText, steps: Generator<void, FileContent>) => Generator<void>;

/**
 * Walks all paths and reads the files that are new, were written to, or are in `changed`. Removed files stay in the table:
 * see {@link goneFiles}. Of a path with too many files, only those that are in the table already are read.
 */
export function* loadAll(
  loading: Loading,
  paths: readonly string[],
  before: Scan,
  changed: ReadonlySet<string>,
  onDirectory?: WalkOptions['onDirectory'],
): Generator<void, Scan> {
  const { table, limits } = loading;
  const at = Date.now();
  const walked = yield* walk(paths, limits, { ...(onDirectory && { onDirectory }) });
  if (walked.exhausted) loading.onExhausted?.(undefined);
  const crowded = [...walked.roots].filter(([, state]) => state === 'crowded').map(([path]) => path);
  const known = new Set(crowded.length > 0 ? table.files() : []);
  for (const file of walked.files) {
    if (!changed.has(file.path) && !mayHaveChanged(file, before)) continue;
    if (known.has(file.path) || !crowded.some((path) => isInside(file.path, path))) yield* loadFile(loading, file.path);
  }
  return { walk: walked, files: new Map(walked.files.map((file) => [file.path, file])), at };
}

/** Reads known files again. */
export function* loadFiles(loading: Loading, files: Iterable<string>): Generator<void, void> {
  for (const path of files) yield* loadFile(loading, path);
}

function* loadFile(
  { table, limits, onExhausted, readFile = readWhole(table) }: Loading,
  path: string,
): Generator<void> {
  const text = readFileText(path, limits.fileBytes);
  if ('finding' in text && text.exhausted === true) onExhausted?.(path);
  const options = { ...table.optionsOf(path), limits };
  yield* readFile(path, text, nextContent(path, table.content(path), text, options));
}

/** Reads each file to its end before the next one. */
function readWhole(table: FileTable): ReadFile {
  return function* (file, _text, steps) {
    table.set(file, yield* steps);
  };
}

/** The files of the table that the scan did not find, except those in places that could not be listed. */
export function goneFiles(table: FileTable, { walk: { unlisted }, files }: Scan): readonly string[] {
  return table.files().filter((path) => !files.has(path) && !unlisted.some((prefix) => path.startsWith(prefix)));
}

function mayHaveChanged(file: WalkedFile, before: Scan): boolean {
  return before.files.get(file.path)?.identity !== file.identity || file.modified > before.at - COARSEST_CLOCK;
}
