/** Which cells are measured, for each of the three extents of `make bench`. */
import type { ContenderName } from './contenders/contender.js';
import type { Mode } from './load/skim.js';

export const EXTENTS = ['quick', 'default', 'full'] as const;
export type Extent = (typeof EXTENTS)[number];

/** One run of one contender. */
export interface Cell {
  readonly contender: ContenderName;
  readonly mode: Mode;
  readonly services: number;
  readonly clients: number;
  readonly localities: number;
  /** Clusters and endpoints, which all contenders serve, or listeners and routes as well. */
  readonly types: 'endpoints' | 'all';
  readonly changes: number;
  readonly policies: number;
  /** Changes per second that are asked for, and for how many seconds; 0 for none. */
  readonly churnPerSecond: number;
  readonly churnSeconds: number;
}

export interface Size {
  readonly services: number;
  readonly clients: number;
}

export interface Plan {
  readonly cells: readonly Cell[];
  /** Bare sockets, so many, get the bytes of a change. */
  readonly floors: readonly Size[];
  /** Streams of the idle measurement. */
  readonly idleStreams: number;
}

/** The cells that the goals are about. */
export const GOAL = { services: 1_000, clients: 500 } as const;
export const SMALL = { services: 100, clients: 500 } as const;
export const LARGE = { services: 5_000, clients: 1_000 } as const;

const CHURN = { churnPerSecond: 500, churnSeconds: 5 } as const;
const NO_CHURN = { churnPerSecond: 0, churnSeconds: 0 } as const;
const MODES: readonly Mode[] = ['sotw', 'delta'];
const OWN: readonly ContenderName[] = ['serve', 'library'];
const PEERS: readonly ContenderName[] = ['snapshot', 'linear'];

export function planFor(extent: Extent, withPeer: boolean): Plan {
  if (extent === 'quick') return quickPlan(withPeer);
  const sizes = extent === 'full' ? allSizes() : [SMALL, GOAL, LARGE];
  const cells = sizes.flatMap((size) => MODES.flatMap((mode) => cellsOf(size, mode, withPeer)));
  return { cells, floors: sizes, idleStreams: 10_000 };
}

function quickPlan(withPeer: boolean): Plan {
  const size = { services: 100, clients: 100 };
  const churn = { churnPerSecond: 100, churnSeconds: 2 };
  const contenders: readonly ContenderName[] = withPeer ? [...OWN, ...PEERS] : OWN;
  const cells = MODES.flatMap((mode) =>
    contenders.map((contender) => ({ ...size, ...churn, contender, mode, localities: 1, types: 'endpoints' as const, changes: 5, policies: 0 })),
  );
  const everything = { ...size, ...NO_CHURN, contender: 'serve', mode: 'delta', localities: 8, types: 'all', changes: 5, policies: 3 } as const;
  return { cells: [...cells, everything], floors: [size], idleStreams: 500 };
}

function allSizes(): readonly Size[] {
  return [100, 1_000, 5_000].flatMap((services) => [100, 500, 1_000].map((clients) => ({ services, clients })));
}

/** The peers have one view for all, so that localities make no difference to them. */
function cellsOf(size: Size, mode: Mode, withPeer: boolean): readonly Cell[] {
  const churn = size.services === GOAL.services && size.clients === GOAL.clients ? CHURN : NO_CHURN;
  const common = { ...size, mode, types: 'endpoints', localities: 1, changes: 20, policies: 0, ...churn } as const;
  const peers = withPeer ? PEERS.map((contender) => ({ ...common, contender })) : [];
  return [
    ...peers,
    { ...common, contender: 'library' },
    { ...common, contender: 'serve' },
    { ...common, contender: 'serve', localities: 8 },
    { ...common, ...NO_CHURN, contender: 'serve', types: 'all', localities: 8, policies: 5 },
  ];
}

/** Whether a cell is measured as often as BENCH_RUNS says: those that the goals are about. */
export function isRepeated({ services, clients, types }: Cell): boolean {
  const is = (size: Size): boolean => services === size.services && clients === size.clients;
  return types === 'endpoints' && (is(GOAL) || is(SMALL) || is(LARGE));
}

/** Tells cells apart and orders nothing. */
export function cellKey({ contender, mode, services, clients, localities, types }: Cell): string {
  return [contender, mode, services, clients, localities, types].join('/');
}
