/** Finds figures in results: of a cell, the median of its runs. */
import type { ContenderName } from '../contenders/contender.js';
import type { ChangeResult } from '../load/job.js';
import type { Mode } from '../load/skim.js';
import type { Cell, Size } from '../plan.js';
import type { CellResult, Results } from '../results.js';
import { median } from './statistics.js';

export interface Question extends Size {
  readonly contender: ContenderName;
  readonly mode: Mode;
  /** Default 1. */
  readonly localities?: number;
  /** Default `endpoints`. */
  readonly types?: Cell['types'];
}

/** A number, or undefined where there is no such cell or it did not get that far. */
export type Figure = (result: CellResult) => number | undefined;

export function figureOf({ cells }: Results, question: Question, figure: Figure): number | undefined {
  const values = cells.filter(({ cell }) => isAsked(cell, question)).flatMap((result) => figure(result) ?? []);
  return values.length === 0 ? undefined : median(values);
}

function isAsked(
  cell: Cell,
  { contender, mode, services, clients, localities = 1, types = 'endpoints' }: Question,
): boolean {
  return (
    cell.contender === contender &&
    cell.mode === mode &&
    cell.services === services &&
    cell.clients === clients &&
    cell.localities === localities &&
    cell.types === types
  );
}

/** A figure of single changes; where not one came to everybody in time, there is none. */
export function ofChange(pick: (change: ChangeResult) => number, sort: 'change' | 'policy' = 'change'): Figure {
  return ({ load }) => {
    const change = load[sort];
    return change === undefined || change.made === 0 ? undefined : pick(change);
  };
}

export const figures = {
  lastMs: ofChange(({ lastMs }) => lastMs),
  firstMs: ofChange(({ firstMs }) => firstMs),
  serverCpuMs: ofChange(({ serverCpuMs }) => serverCpuMs),
  clientCpuMs: ofChange(({ clientCpuMs }) => clientCpuMs),
  changeBytes: ofChange(({ wireBytes }) => wireBytes),
  changeResources: ofChange(({ resources }) => resources),
  coldCpuSeconds: ({ load: { cold } }) => (cold.complete ? cold.serverCpuSeconds : undefined),
  coldWallMs: ({ load: { cold } }) => (cold.complete ? cold.wallMs : undefined),
  coldPeakMb: ({ load: { cold } }) => (cold.complete ? cold.peakRssMb : undefined),
  coldBytes: ({ load: { cold } }) => (cold.complete ? cold.wireBytes : undefined),
  clientColdCpuSeconds: ({ load: { cold } }) => (cold.complete ? cold.clientCpuSeconds : undefined),
  startupSeconds: ({ startup }) => startup.wallMs / 1000,
  startupCpuSeconds: ({ startup }) => startup.cpuSeconds,
  startupMb: ({ startup }) => startup.rssMb,
  madePerSecond: ({ load }) => load.churn?.madePerSecond,
  churnP99Ms: ({ load }) => load.churn?.p99Ms,
  churnTailMs: ({ load }) => load.churn?.tailMs,
  churnServerShare: ({ load }) => load.churn?.serverCpuShare,
  churnClientShare: ({ load }) => load.churn?.clientCpuShare,
} as const satisfies Readonly<Record<string, Figure>>;
