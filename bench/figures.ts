/** The figures of a measurement, from which docs/performance.md is written. A small file in the repository. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ChangeResult, LoadResult } from './load/job.js';
import type { Cell } from './plan.js';
import type { CellResult, Floor, IdleResult, Results } from './results.js';

export const FIGURES = 'bench/results/figures.json';

/** A number. `undefined` if the measurement ended before. */
type Measured = (result: CellResult) => number | undefined;

/** The stored figures of a cell. */
const PICKS = {
  lastMs: ofChange('change', ({ lastMs }) => lastMs),
  firstMs: ofChange('change', ({ firstMs }) => firstMs),
  serverCpuMs: ofChange('change', ({ serverCpuMs }) => serverCpuMs),
  clientCpuMs: ofChange('change', ({ clientCpuMs }) => clientCpuMs),
  changeBytes: ofChange('change', ({ wireBytes }) => wireBytes),
  changeResources: ofChange('change', ({ resources }) => resources),
  policyLastMs: ofChange('policy', ({ lastMs }) => lastMs),
  policyServerCpuMs: ofChange('policy', ({ serverCpuMs }) => serverCpuMs),
  policyBytes: ofChange('policy', ({ wireBytes }) => wireBytes),
  coldCpuSeconds: ofCold(({ serverCpuSeconds }) => serverCpuSeconds),
  coldWallMs: ofCold(({ wallMs }) => wallMs),
  coldPeakMb: ofCold(({ peakRssMb }) => peakRssMb),
  coldBytes: ofCold(({ wireBytes }) => wireBytes),
  clientColdCpuSeconds: ofCold(({ clientCpuSeconds }) => clientCpuSeconds),
  startupSeconds: ({ startup }) => startup.wallMs / 1000,
  startupCpuSeconds: ({ startup }) => startup.cpuSeconds,
  startupMb: ({ startup }) => startup.rssMb,
  madePerSecond: ({ load }) => load.churn?.madePerSecond,
  churnP99Ms: ({ load }) => load.churn?.p99Ms,
  churnTailMs: ({ load }) => load.churn?.tailMs,
  churnServerShare: ({ load }) => load.churn?.serverCpuShare,
  churnClientShare: ({ load }) => load.churn?.clientCpuShare,
} as const satisfies Readonly<Record<string, Measured>>;

export type FigureName = keyof typeof PICKS;

/** The properties that distinguish cells in the report. */
export type CellName = Pick<Cell, 'contender' | 'mode' | 'services' | 'clients' | 'localities' | 'types'>;

export interface CellFigures extends CellName {
  /** Each figure in all runs of the cell, in order. null for a run without it. A figure that no run has is absent. */
  readonly figures: Readonly<Partial<Record<FigureName, readonly (number | null)[]>>>;
}

export interface FloorFigures extends Floor {
  readonly lastMs: number;
  readonly serverCpuMs: number;
}

/** The parts of `Results` that the report needs. */
export interface Figures extends Pick<Results, 'date' | 'extent' | 'runs' | 'machine' | 'processes'> {
  readonly cells: readonly CellFigures[];
  readonly floors: readonly FloorFigures[];
  readonly idle: readonly IdleResult[];
}

/** The figures of `results`, the cells in the order in which they were measured first. */
export function figuresOf({ cells, floors, failures: _failures, ...others }: Results): Figures {
  const runs = new Map<string, CellResult[]>();
  for (const result of cells) {
    const key = JSON.stringify(nameOf(result.cell));
    const known = runs.get(key);
    if (known) known.push(result);
    else runs.set(key, [result]);
  }
  return {
    ...others,
    cells: [...runs.values()].flatMap(figuresOfCell),
    floors: floors.map(({ change: { lastMs, serverCpuMs }, ...floor }) => ({ ...floor, lastMs, serverCpuMs })),
  };
}

export function readFigures(file: string = FIGURES): Figures {
  return JSON.parse(readFileSync(file, 'utf8')) as Figures;
}

/** Writes a line for each cell, so that a diff shows which changed. */
export function writeFigures(figures: Figures, file: string = FIGURES): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, toText(figures));
}

export function toText(figures: Figures): string {
  const entries = Object.entries(figures).map(([key, value]) => `${JSON.stringify(key)}: ${toLines(value)}`);
  return `{\n${entries.join(',\n')}\n}\n`;
}

function toLines(value: unknown): string {
  if (!Array.isArray(value)) return JSON.stringify(value, rounded);
  return `[\n${value.map((item) => JSON.stringify(item, rounded)).join(',\n')}\n]`;
}

/** Rounds a number. More digits would be noise and make diffs longer. */
export function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(5)) : value;
}

function figuresOfCell(runs: readonly CellResult[]): readonly CellFigures[] {
  const [first] = runs;
  if (first === undefined) return [];
  const all = Object.entries(PICKS).map(([name, pick]) => [name, runs.map((run) => pick(run) ?? null)] as const);
  const figures = Object.fromEntries(all.filter(([, values]) => values.some((value) => value !== null)));
  return [{ ...nameOf(first.cell), figures }];
}

function nameOf({ contender, mode, services, clients, localities, types }: Cell): CellName {
  return { contender, mode, services, clients, localities, types };
}

/** For single changes. `undefined` if no change reached all clients in time. */
function ofChange(sort: 'change' | 'policy', pick: (change: ChangeResult) => number): Measured {
  return ({ load }) => {
    const change = load[sort];
    return change === undefined || change.made === 0 ? undefined : pick(change);
  };
}

function ofCold(pick: (cold: LoadResult['cold']) => number): Measured {
  return ({ load: { cold } }) => (cold.complete ? pick(cold) : undefined);
}
