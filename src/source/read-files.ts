/** Reads files once, for commands that do not watch them. */
import type { RawResource } from '../api/resource.js';
import { type ConfigPath, createConfigPaths } from './config-path.js';
import { nextContent } from './content.js';
import { decodeText } from './files/text.js';
import type { FileFinding } from './yaml/finding.js';
import { emptinessFindings } from './findings.js';
import { NO_LOOK, loadAll } from './load.js';
import { createOccupancy } from './occupancy.js';
import { createFileTable } from './table.js';

/** What the files hold. */
export interface SourceState {
  /** In no particular order; each key once. */
  readonly resources: readonly RawResource[];
  /** Ordered by file and line. */
  readonly findings: readonly FileFinding[];
}

/** The path that stands for the standard input. */
export const STANDARD_INPUT = '-';

export interface ReadFilesOptions {
  /** The bytes of the standard input, for the path `-`. Default: there is no such path. */
  readonly standardInput?: Buffer;
}

/**
 * Reads files and, recursively, directories (`*.yaml`, `*.yml`, `*.json`). Never throws: whatever is wrong is a finding.
 * Positions begin with the path as it was given.
 */
export function readFiles(
  given: readonly (string | ConfigPath)[],
  { standardInput }: ReadFilesOptions = {},
): SourceState {
  const paths = createConfigPaths(given);
  const occupancy = createOccupancy(paths);
  const table = createFileTable({ clusterOf: paths.clusterOf, onContent: occupancy.replace });
  const names = paths.all
    .map(({ path }) => path)
    .filter((path) => standardInput === undefined || path !== STANDARD_INPUT);
  const { walk } = runToEnd(loadAll(table, names, NO_LOOK, new Set()));
  if (standardInput !== undefined) {
    const read = { ...decodeText(standardInput), identity: '' };
    table.set(
      STANDARD_INPUT,
      runToEnd(nextContent(STANDARD_INPUT, table.content(STANDARD_INPUT), read, table.optionsOf(STANDARD_INPUT))),
    );
  }
  const looks = paths.all.map(({ path }) => ({
    ...{ path, held: 0 },
    standing: walk.roots.get(path) ?? 'read',
    resources: occupancy.resources(path),
  }));
  const looked = { paths, looks, table, emptied: occupancy.emptied(), holdOf: () => undefined };
  const batch = table.commit({ pathFindings: () => [...walk.findings, ...emptinessFindings(looked)] });
  return { resources: batch?.upserts ?? [], findings: batch?.findings ?? [] };
}

function runToEnd<Result>(steps: Generator<void, Result>): Result {
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}
