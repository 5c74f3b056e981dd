/** What `make bench` shows at its end. */
import Table from 'cli-table3';
import { goalSizes } from '../plan.js';
import type { Results } from '../results.js';
import type { TableText } from './format.js';
import { MODES } from './goals.js';
import { changeTable, churnTable, coldTable, goalTable } from './tables.js';

export function terminalReport(results: Results): string {
  const { goal, large } = goalSizes(results.extent);
  const tables = [
    ...MODES.flatMap((mode) =>
      [goal, large].flatMap((size) => [coldTable(results, size, mode), changeTable(results, size, mode)]),
    ),
    ...MODES.map((mode) => churnTable(results, goal, mode)),
    goalTable(results),
  ];
  return [...tables.map(toText), ...results.failures].join('\n');
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
