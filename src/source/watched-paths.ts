/** The state of the configured paths while they are watched: their resources, what is kept in force, and past errors. */
import type { ConfigPaths } from './files/config-path.js';
import type { FileContent } from './contents/last-good-content.js';
import type { Walk } from './files/walk.js';
import { emptinessFindings } from './path-findings.js';
import { type GraceTimes, createGrace } from './files/grace.js';
import { createResourceCounts } from './resource-counts.js';
import { type PathScan, type PathState, isVacant, pathProblem } from './contents/path-state.js';
import type { FileTable } from './contents/table.js';
import type { FileFinding } from './yaml/finding.js';

export interface WatchedPaths {
  /** Updates the counts for the new content of a file. */
  readonly replace: (file: string, before: FileContent, now: FileContent) => void;
  /** Takes the result of a scan of all paths, after the calls of {@link replace}. */
  readonly scanned: (walk: Walk) => void;
  /** Whether the resources of a file stay in force although no file declares them any more. */
  readonly keeps: (file: string) => boolean;
  /** The findings about paths and empty files, after {@link scanned}. `held`: the number of kept resources by file. */
  readonly findings: (
    table: Pick<FileTable, 'files' | 'content'>,
    held: ReadonlyMap<string, number>,
  ) => readonly FileFinding[];
  /** The states of the paths as of the last call of {@link findings}. */
  readonly states: () => readonly PathState[];
  /** Milliseconds until the result of {@link keeps} changes; `undefined`: never. */
  readonly nextChange: () => number | undefined;
}

interface PathRecord {
  errors: number;
  lastSuccess: number | undefined;
  failing: boolean;
}

export function createWatchedPaths(paths: ConfigPaths, times: GraceTimes): WatchedPaths {
  const counts = createResourceCounts(paths);
  const grace = createGrace(times);
  const records = new Map<string, PathRecord>();
  let walk: Walk | undefined;
  let scans: readonly PathScan[] = [];
  const unitsOf = (file: string): readonly string[] => [file, ...paths.holding(file).map(({ path }) => path)];
  const holdOf = (path: string): Pick<PathScan, 'held' | 'heldUntil'> | undefined => {
    const hold = grace.hold(path);
    // By the clock at the start of the process, so that the displayed time never changes.
    return hold && { held: hold.held, heldUntil: Math.round(performance.timeOrigin + hold.until) };
  };
  const scanOf = (path: string): PathScan => ({
    ...{ path, rootState: walk?.roots.get(path) ?? 'read', resources: counts.resources(path) },
    ...(holdOf(path) ?? { held: 0 }),
  });
  return {
    replace: counts.replace,
    scanned: (next) => {
      walk = next;
      const vacant = paths.all.map(({ path }) => scanOf(path)).filter(isVacant);
      grace.update(new Set([...vacant.map(({ path }) => path), ...counts.emptied()]), performance.now());
    },
    keeps: (file) => grace.keeps(unitsOf(file), performance.now()),
    findings: (table, held) => {
      grace.settle(countByUnit(held, unitsOf), performance.now());
      scans = paths.all.map(({ path }) => scanOf(path));
      for (const scan of scans) record(records, scan);
      return emptinessFindings({ paths, scans, table, emptied: counts.emptied(), holdOf });
    },
    states: () => scans.map((scan) => stateOf(scan, records.get(scan.path))),
    nextChange: () => {
      const next = grace.next();
      return next === undefined ? undefined : Math.max(0, next - performance.now());
    },
  };
}

function countByUnit(
  held: ReadonlyMap<string, number>,
  unitsOf: (file: string) => readonly string[],
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [file, count] of held) {
    for (const unit of new Set(unitsOf(file))) counts.set(unit, (counts.get(unit) ?? 0) + count);
  }
  return counts;
}

function record(records: Map<string, PathRecord>, scan: PathScan): void {
  const known = records.get(scan.path) ?? { errors: 0, lastSuccess: undefined, failing: false };
  const failing = scan.rootState === 'unreadable' || scan.rootState === 'crowded' || isVacant(scan);
  if (!failing) known.lastSuccess = Date.now();
  else if (!known.failing) known.errors += 1;
  known.failing = failing;
  records.set(scan.path, known);
}

function stateOf(scan: PathScan, known: PathRecord | undefined): PathState {
  const { path, resources, held, heldUntil } = scan;
  const problem = pathProblem(scan);
  return {
    ...{ path, resources, held, errors: known?.errors ?? 0 },
    ...(heldUntil !== undefined && { heldUntil }),
    ...(problem !== undefined && { problem }),
    ...(known?.lastSuccess !== undefined && { lastSuccess: known.lastSuccess }),
  };
}
