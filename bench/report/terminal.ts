/** The output of `make bench` at its end. */
import Table from 'cli-table3';
import { goalSizes } from '../plan.js';
import type { Figures } from '../figures.js';
import type { TableText } from './format.js';
import { MODES } from './goals.js';
import { changeTable, churnTable, coldTable, goalTable } from './tables.js';

export function terminalReport(figures: Figures): string {
  const { goal, large } = goalSizes(figures.extent);
  const tables = [
    ...MODES.flatMap((mode) =>
      [goal, large].flatMap((size) => [coldTable(figures, size, mode), changeTable(figures, size, mode)]),
    ),
    ...MODES.map((mode) => churnTable(figures, goal, mode)),
    goalTable(figures),
  ];
  return tables.map(toText).join('\n');
}

function toText({ head, rows }: TableText): string {
  const table = new Table({
    head: [...head],
    style: { head: [], border: [], compact: true },
    wordWrap: true,
    colWidths: head.map((_, i) => (i === 0 ? 46 : 18)),
  });
  table.push(...rows.map((row) => row.map((cell) => cell.replaceAll('**', ''))));
  return table.toString();
}
