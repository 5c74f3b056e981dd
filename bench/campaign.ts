/** Runs all measurements of a plan one after the other, and prints the progress. A failed measurement is reported and left out. */
import { CONTENDER_TITLES } from './contenders/contender.js';
import { type Laboratory, measureCell, measureFloor, measureIdle, measureProcesses } from './measure.js';
import { again, type Cell, isRepeated, type Plan, type Size } from './plan.js';
import type { CellResult, Floor, Results } from './results.js';

export type Measurements = Pick<Results, 'cells' | 'floors' | 'idle' | 'processes' | 'failures'>;

const CHANGE_FLOOR_ROUNDS = 20;
/** Few, because the bytes of a cold start are gigabytes. */
const COLD_FLOOR_ROUNDS = 3;

export async function runCampaign(
  laboratory: Laboratory,
  plan: Plan,
  runs: number,
  say: (line: string) => void,
): Promise<Measurements> {
  const failures: string[] = [];
  const attempt = async <Result>(what: string, measure: () => Promise<Result>): Promise<readonly Result[]> => {
    try {
      return [await measure()];
    } catch (error) {
      const failure = `${what}: ${error instanceof Error ? error.message : String(error)}`;
      failures.push(failure);
      say(failure);
      return [];
    }
  };
  const inTurn = async <Item, Result>(
    items: readonly Item[],
    what: (item: Item) => string,
    measure: (item: Item) => Promise<Result>,
  ): Promise<readonly Result[]> => {
    const results: Result[] = [];
    for (const item of items) results.push(...(await attempt(what(item), () => measure(item))));
    return results;
  };
  const rounds = cellsOfAllRuns(plan, runs);
  let count = 0;
  const cells = await inTurn(rounds, describeCell, async (cell) => {
    const result = await measureCell(laboratory, cell);
    count += 1;
    say(`${count}/${rounds.length} ${describeCell(cell)}: ${summary(result)}`);
    return result;
  });
  const floors = await inTurn(floorsOf(plan, cells), describeFloor, (floor) =>
    measureFloor(laboratory, floor, floor.of === 'cold' ? COLD_FLOOR_ROUNDS : CHANGE_FLOOR_ROUNDS),
  );
  say('bare sockets: done');
  const idle = await inTurn(
    ['library', 'serve'] as const,
    (contender) => `idle streams of ${contender}`,
    (contender) => measureIdle(laboratory, contender, plan.idleStreams),
  );
  say('idle streams: done');
  const processes = await inTurn(
    [1, 2] as const,
    (number) => `${number} processes`,
    (number) => measureProcesses(laboratory, plan.processes, number),
  );
  return { cells, floors, idle, processes, failures };
}

/** First all cells once, then again those for the goals. A temporary disturbance of the machine thus does not affect all runs of a cell. */
function cellsOfAllRuns({ cells }: Plan, runs: number): readonly Cell[] {
  const repeated = cells.filter(isRepeated).map(again);
  return [...cells, ...Array.from({ length: runs - 1 }, () => repeated).flat()];
}

/** The bytes that a client of `lifeboat serve` received. */
function floorsOf({ floors }: Plan, results: readonly CellResult[]): readonly Floor[] {
  return floors.flatMap((size) => {
    const found = results.find(({ cell }) => cell.contender === 'serve' && cell.mode === 'delta' && isSize(cell, size));
    if (found?.load.change === undefined) return [];
    const each = (bytes: number): number => Math.round(bytes / size.clients);
    return [
      { ...size, of: 'change', bytes: each(found.load.change.wireBytes) } as const,
      { ...size, of: 'cold', bytes: each(found.load.cold.wireBytes) } as const,
    ];
  });
}

function isSize(cell: Cell, { services, clients }: Size): boolean {
  return cell.services === services && cell.clients === clients;
}

export function describeCell({ contender, mode, services, clients, localities, types }: Cell): string {
  const where = localities === 1 ? '' : `, ${localities} localities`;
  const what = types === 'all' ? ', all types' : '';
  return `${CONTENDER_TITLES[contender]}, ${mode}, ${services} × ${clients}${where}${what}`;
}

function describeFloor({ of, services, clients }: Floor): string {
  return `bare sockets, ${of}, ${services} × ${clients}`;
}

function summary({ load: { cold, change, failure } }: CellResult): string {
  const parts = [`cold ${(cold.wallMs / 1000).toFixed(2)} s, ${cold.serverCpuSeconds.toFixed(2)} s CPU`];
  if (change !== undefined)
    parts.push(`change ${change.lastMs.toFixed(1)} ms, ${change.serverCpuMs.toFixed(1)} ms CPU`);
  if (failure !== '') parts.push(failure);
  return parts.join('; ');
}
