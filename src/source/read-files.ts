/** Reads files once, for commands that do not watch them. It must not know watches or timers. */
import type { RawResource } from '../api/resource.js';
import { type ConfigPath, createConfigPaths } from './files/config-path.js';
import { nextContent } from './contents/last-good-content.js';
import { decodeText } from './files/text.js';
import type { FileFinding } from './yaml/finding.js';
import { emptinessFindings } from './path-findings.js';
import { NO_SCAN, loadAll } from './load.js';
import { createResourceCounts } from './resource-counts.js';
import { createFileTable } from './contents/table.js';
import { DEFAULT_READ_LIMITS, type ReadLimits } from './yaml/limits.js';
import { runToEnd } from '../turns/run-to-end.js';

/** The content of all files. */
export interface LoadedFiles {
  /** Unordered; each key once. */
  readonly resources: readonly RawResource[];
  /** Ordered by file and line. */
  readonly findings: readonly FileFinding[];
}

/** The path that means the standard input. */
export const STANDARD_INPUT = '-';

/** The bytes of what is read as a file. */
export interface NamedText {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface ReadFilesOptions {
  /** The bytes of the standard input, for the path `-`. Default: `-` is an ordinary path. */
  readonly standardInput?: Buffer;
  /** Further texts, as files of these names. Default: none. */
  readonly texts?: readonly NamedText[];
  /** Default: {@link DEFAULT_READ_LIMITS}. */
  readonly limits?: ReadLimits;
}

/**
 * Reads files and, recursively, directories (`*.yaml`, `*.yml`, `*.json`). Never throws: errors are findings.
 * Positions start with the path as given.
 */
export function readFiles(
  given: readonly (string | ConfigPath)[],
  { standardInput, texts = [], limits = DEFAULT_READ_LIMITS }: ReadFilesOptions = {},
): LoadedFiles {
  const paths = createConfigPaths(given);
  const counts = createResourceCounts(paths);
  const table = createFileTable({ clusterOf: paths.clusterOf, onContent: counts.replace });
  const names = paths.all
    .map(({ path }) => path)
    .filter((path) => standardInput === undefined || path !== STANDARD_INPUT);
  const { walk } = runToEnd(loadAll({ table, limits }, names, NO_SCAN, new Set()));
  const input = standardInput === undefined ? [] : [{ name: STANDARD_INPUT, bytes: standardInput }];
  for (const { name, bytes } of [...input, ...texts]) {
    const read = { ...decodeText(bytes), identity: '' };
    const options = { ...table.optionsOf(name), limits };
    table.set(name, runToEnd(nextContent(name, table.content(name), read, options)));
  }
  const scans = paths.all.map(({ path }) => ({
    ...{ path, held: 0 },
    rootState: walk.roots.get(path) ?? 'read',
    resources: counts.resources(path),
  }));
  const scanned = { paths, scans, table, emptied: counts.emptied(), holdOf: () => undefined };
  const batch = table.commit({ pathFindings: () => [...walk.findings, ...emptinessFindings(scanned)] });
  return { resources: batch?.upserts ?? [], findings: batch?.findings ?? [] };
}
