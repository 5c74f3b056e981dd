/** What is known of the configured paths while they are watched: what they hold, what is kept of them, and how they fared. */
import type { ConfigPaths } from './config-path.js';
import type { FileContent } from './content.js';
import type { Walk } from './files/walk.js';
import { emptinessFindings } from './findings.js';
import { type GraceTimes, createGrace } from './grace.js';
import { createOccupancy } from './occupancy.js';
import { type PathLook, type PathState, isVacant, pathProblem } from './path-state.js';
import type { FileTable } from './table.js';
import type { FileFinding } from './yaml/finding.js';

export interface WatchedPaths {
  /** Takes note of a file's new content. */
  readonly replace: (file: string, before: FileContent, now: FileContent) => void;
  /** Takes note of a look at all paths; {@link replace} has told what their files hold. */
  readonly look: (walk: Walk) => void;
  /** Whether what a file had must stay in force although nothing shows it any more. */
  readonly keeps: (file: string) => boolean;
  /** The findings about paths and empty files, from the number of resources that each file keeps. Comes after {@link look}. */
  readonly findings: (
    table: Pick<FileTable, 'files' | 'content'>,
    held: ReadonlyMap<string, number>,
  ) => readonly FileFinding[];
  /** How the paths fare since the last {@link findings}. */
  readonly states: () => readonly PathState[];
  /** Milliseconds until {@link keeps} gives another answer. */
  readonly nextChange: () => number | undefined;
}

interface PathRecord {
  errors: number;
  lastSuccess: number | undefined;
  failing: boolean;
}

export function createWatchedPaths(paths: ConfigPaths, times: GraceTimes): WatchedPaths {
  const occupancy = createOccupancy(paths);
  const grace = createGrace(times);
  const records = new Map<string, PathRecord>();
  let walk: Walk | undefined;
  let looks: readonly PathLook[] = [];
  const unitsOf = (file: string): readonly string[] => [file, ...paths.holding(file).map(({ path }) => path)];
  const holdOf = (path: string): Pick<PathLook, 'held' | 'heldUntil'> | undefined => {
    const hold = grace.hold(path);
    // By the clock as it was when the process began, so that the time that people are told never changes.
    return hold && { held: hold.held, heldUntil: Math.round(performance.timeOrigin + hold.until) };
  };
  const lookOf = (path: string): PathLook => ({
    ...{ path, standing: walk?.roots.get(path) ?? 'read', resources: occupancy.resources(path) },
    ...(holdOf(path) ?? { held: 0 }),
  });
  return {
    replace: occupancy.replace,
    look: (next) => {
      walk = next;
      const vacant = paths.all.map(({ path }) => lookOf(path)).filter(isVacant);
      grace.update(new Set([...vacant.map(({ path }) => path), ...occupancy.emptied()]), performance.now());
    },
    keeps: (file) => grace.keeps(unitsOf(file), performance.now()),
    findings: (table, held) => {
      grace.settle(countByUnit(held, unitsOf), performance.now());
      looks = paths.all.map(({ path }) => lookOf(path));
      for (const look of looks) record(records, look);
      return emptinessFindings({ paths, looks, table, emptied: occupancy.emptied(), holdOf });
    },
    states: () => looks.map((look) => stateOf(look, records.get(look.path))),
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

function record(records: Map<string, PathRecord>, look: PathLook): void {
  const known = records.get(look.path) ?? { errors: 0, lastSuccess: undefined, failing: false };
  const failing = look.standing === 'unreadable' || isVacant(look);
  if (!failing) known.lastSuccess = Date.now();
  else if (!known.failing) known.errors += 1;
  known.failing = failing;
  records.set(look.path, known);
}

function stateOf(look: PathLook, known: PathRecord | undefined): PathState {
  const { path, resources, held, heldUntil } = look;
  const problem = pathProblem(look);
  return {
    ...{ path, resources, held, errors: known?.errors ?? 0 },
    ...(heldUntil !== undefined && { heldUntil }),
    ...(problem !== undefined && { problem }),
    ...(known?.lastSuccess !== undefined && { lastSuccess: known.lastSuccess }),
  };
}
