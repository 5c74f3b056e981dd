/** The measured cells, for each of the three extents of `make bench`. */
import { CONTENDERS, type ContenderName, isOurs } from './contenders/contender.js';
import type { Mode } from './load/skim.js';

export const EXTENTS = ['quick', 'default', 'full'] as const;
export type Extent = (typeof EXTENTS)[number];

export interface Size {
  readonly services: number;
  readonly clients: number;
}

/** One run of one contender. */
export interface Cell extends Size {
  readonly contender: ContenderName;
  readonly mode: Mode;
  readonly localities: number;
  /** `endpoints`: clusters and load assignments, which all contenders serve. `all`: also listeners and routes. */
  readonly types: 'endpoints' | 'all';
  /** The number of single changes of endpoints, and of policies. */
  readonly changes: number;
  readonly policies: number;
  /** The requested rate of changes per second, and its duration in seconds. 0: none. */
  readonly churnPerSecond: number;
  readonly churnSeconds: number;
}

export interface Plan {
  readonly cells: readonly Cell[];
  /** Sizes for which bare sockets send the bytes that clients of `lifeboat serve` received. */
  readonly floors: readonly Size[];
  /** The size for comparing one process with two. */
  readonly processes: Size;
  readonly idleStreams: number;
}

/** The sizes of the goals. */
export interface GoalSizes {
  readonly goal: Size;
  readonly small: Size;
  readonly large: Size;
  /** The services of `large` and the clients of `small`. */
  readonly grown: Size;
}

const SIZES: GoalSizes = {
  goal: { services: 1_000, clients: 500 },
  small: { services: 100, clients: 500 },
  large: { services: 5_000, clients: 1_000 },
  grown: { services: 5_000, clients: 500 },
};
/** Too small for the goals, but enough to show that everything works. */
const QUICK_SIZES: GoalSizes = {
  goal: { services: 100, clients: 100 },
  small: { services: 10, clients: 100 },
  large: { services: 200, clients: 200 },
  grown: { services: 200, clients: 100 },
};

export function goalSizes(extent: Extent): GoalSizes {
  return extent === 'quick' ? QUICK_SIZES : SIZES;
}

export const CHURN_PER_SECOND = 500;

const NO_CHURN = { churnPerSecond: 0, churnSeconds: 0 } as const;
const MODES: readonly Mode[] = ['sotw', 'delta'];

export function planFor(extent: Extent, withPeer: boolean): Plan {
  const { goal, small, large } = goalSizes(extent);
  const cells =
    extent === 'full'
      ? fullCells()
      : withMatrix(
          extent,
          MODES.flatMap((mode) => goalCells(extent, mode)),
        );
  return {
    cells: cells.filter(({ contender }) => withPeer || isOurs(contender)),
    floors: extent === 'quick' ? [goal] : [small, goal, large],
    processes: goal,
    idleStreams: extent === 'quick' ? 500 : 10_000,
  };
}

function goalCells(extent: Extent, mode: Mode): readonly Cell[] {
  const { goal, small, large, grown } = goalSizes(extent);
  const churn = { churnPerSecond: CHURN_PER_SECOND, churnSeconds: extent === 'quick' ? 1 : 5 };
  const all = allContenders(goal, mode, extent).map((cell) => ({ ...cell, ...churn }));
  const serve = (size: Size): Cell => newCell('serve', mode, size, extent);
  const spread = { ...serve(large), localities: 8 };
  // The slowest measurements run in one mode only, because their results do not depend on it.
  const once = mode === 'delta';
  if (extent === 'quick') return once ? [...all, serve(small), serve(grown), spread, withEverything(serve(goal))] : all;
  return [
    ...all,
    // The peer needs minutes here, and no goal needs the comparison. BENCH=full includes it.
    ...CONTENDERS.filter(isOurs).map((contender) => ({
      ...newCell(contender, mode, large, extent),
      changes: 10,
    })),
    serve(small),
    serve(grown),
    { ...serve(goal), localities: 8 },
    ...(once ? [spread] : []),
    withEverything(serve(goal)),
  ];
}

/** Adds `lifeboat serve` with all numbers of services and clients that are not measured yet. */
function withMatrix(extent: Extent, cells: readonly Cell[]): readonly Cell[] {
  if (extent === 'quick') return cells;
  const key = ({ contender, mode, services, clients, localities, types }: Cell): string =>
    JSON.stringify([contender, mode, services, clients, localities, types]);
  const known = new Set(cells.map(key));
  const matrix = fullSizes().flatMap((size) =>
    MODES.flatMap((mode) =>
      [1, 8].map((localities) => ({ ...newCell('serve', mode, size, extent), localities, changes: 10 })),
    ),
  );
  return [...cells, ...matrix.filter((cell) => !known.has(key(cell)))];
}

/** All contenders with every number of services and of clients. */
function fullCells(): readonly Cell[] {
  const { goal } = SIZES;
  const churn = { churnPerSecond: CHURN_PER_SECOND, churnSeconds: 5 };
  return fullSizes().flatMap((size) =>
    MODES.flatMap((mode) => {
      const isGoal = size.services === goal.services && size.clients === goal.clients;
      const common = allContenders(size, mode, 'full').map((cell) => (isGoal ? { ...cell, ...churn } : cell));
      const serve = newCell('serve', mode, size, 'full');
      return [...common, { ...serve, localities: 8 }, withEverything(serve)];
    }),
  );
}

function fullSizes(): readonly Size[] {
  return [100, 1_000, 5_000].flatMap((services) => [100, 500, 1_000].map((clients) => ({ services, clients })));
}

function allContenders(size: Size, mode: Mode, extent: Extent): readonly Cell[] {
  return CONTENDERS.map((contender) => newCell(contender, mode, size, extent));
}

function newCell(contender: ContenderName, mode: Mode, size: Size, extent: Extent): Cell {
  const changes = extent === 'quick' ? 5 : 20;
  return { ...size, ...NO_CHURN, contender, mode, localities: 1, types: 'endpoints', changes, policies: 0 };
}

/** With listeners and routes, clients in eight localities, and changes of policies. */
function withEverything(cell: Cell): Cell {
  return { ...cell, localities: 8, types: 'all', policies: 5 };
}

/**
 * Whether a cell is measured BENCH_RUNS times: cells that the goals compare with each other. The largest size is measured once, because each
 * of its cells takes a minute.
 */
export function isRepeated({ contender, services, clients, types, localities }: Cell): boolean {
  const { goal, small, grown } = SIZES;
  // The snapshot cache is so much slower that more runs would change no verdict, and a change takes seconds.
  if (types !== 'endpoints' || contender === 'snapshot') return false;
  const sizes = contender === 'serve' && localities === 1 ? [goal, small, grown] : [goal];
  return sizes.some((size) => services === size.services && clients === size.clients);
}

/** The cell for a repeated measurement. For the peer, only the parts that a goal needs. */
export function again(cell: Cell): Cell {
  return cell.contender === 'linear' ? { ...cell, ...NO_CHURN } : cell;
}
