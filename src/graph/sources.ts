/** The source rows of a row. */
import { listOf } from './small-set.js';
import type { Cell } from './table.js';

/** A row that others were computed from. */
export interface SourceRow {
  readonly table: string;
  readonly key: string;
  readonly row: unknown;
}

/** The rows at the end of all reads, in the order in which the search finds them. */
export function sourcesOf(cell: Cell): readonly SourceRow[] {
  const seen = new Set<Cell>([cell]);
  const found: SourceRow[] = [];
  for (const each of seen) {
    const dependencies = listOf(each.dependencies);
    for (const dependency of dependencies) seen.add(dependency);
    if (dependencies.length === 0 && each.row !== undefined)
      found.push({ table: each.table.name, key: each.key, row: each.row });
  }
  return found;
}
