/** Finds figures of cells. */
import type { ContenderName } from '../contenders/contender.js';
import type { CellFigures, FigureName, Figures } from '../figures.js';
import type { Mode } from '../load/skim.js';
import type { Cell, Size } from '../plan.js';
import { median } from './statistics.js';

export interface Question extends Size {
  readonly contender: ContenderName;
  readonly mode: Mode;
  /** Default 1. */
  readonly localities?: number;
  /** Default `endpoints`. */
  readonly types?: Cell['types'];
}

/** The median of the runs. `undefined` if the cell or the figure does not exist. */
export function figureOf({ cells }: Figures, question: Question, name: FigureName): number | undefined {
  const values = cells
    .filter((cell) => isAsked(cell, question))
    .flatMap(({ figures }) => figures[name] ?? [])
    .filter((value) => value !== null);
  return values.length === 0 ? undefined : median(values);
}

/** The figures of one run. A cell with fewer runs uses its last one. */
export function runOf(figures: Figures, run: number): Figures {
  return { ...figures, cells: figures.cells.map((cell) => ({ ...cell, figures: figuresOfRun(cell, run) })) };
}

function figuresOfRun({ figures }: CellFigures, run: number): CellFigures['figures'] {
  return Object.fromEntries(
    Object.entries(figures).map(([name, values]) => [name, values.slice(Math.min(run, values.length - 1)).slice(0, 1)]),
  );
}

function isAsked(
  cell: CellFigures,
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
