/** Random table programs for the oracle: tables of all kinds whose rows read wherever what they read before sends them. */
import fc from 'fast-check';
import { Graph, type Input, type KeyedTable, type Read, type Table } from './index.js';

export const keys = ['a', 'b', 'c', 'd'] as const;

/** One table. `source` and `others` pick from the keyed tables before it, `seed` and `reads` decide what its rows do. */
export interface TableSpec {
  readonly kind: 'input' | 'derive' | 'map' | 'index' | 'union' | 'expand';
  readonly source: number;
  readonly other: number;
  readonly seed: number;
  readonly reads: number;
}

export interface ProgramSpec {
  readonly tables: readonly TableSpec[];
  /** Whether rows throw now and then while the first input has a row 1 at key a. */
  readonly fused: boolean;
}

/** A row read, or the one that a row was mapped from. */
export interface RowRead {
  readonly table: string;
  readonly key: string;
  readonly row: unknown;
}

/** Told of every row that is computed, with what it reads while it is computed. */
export type Probe = (table: string, key: string, reads: readonly RowRead[]) => void;

export interface Program {
  readonly graph: Graph;
  readonly tables: ReadonlyMap<string, Table<string, unknown>>;
  readonly keyed: ReadonlyMap<string, KeyedTable<string, unknown>>;
  readonly inputs: readonly Input<string, unknown>[];
  /** The source of a map or expansion. */
  readonly sources: ReadonlyMap<string, KeyedTable<string, unknown>>;
  readonly kinds: ReadonlyMap<string, TableSpec['kind']>;
}

const nat = fc.nat({ max: 50 });
const tableSpec: fc.Arbitrary<TableSpec> = fc.record({
  kind: fc.constantFrom('input', 'derive', 'derive', 'map', 'index', 'union', 'expand'),
  source: nat,
  other: nat,
  seed: nat,
  reads: fc.nat({ max: 4 }),
});

export const programSpec: fc.Arbitrary<ProgramSpec> = fc.record({
  tables: fc.array(tableSpec, { minLength: 2, maxLength: 9, size: 'max' }),
  fused: fc.boolean(),
});

export function buildProgram({ tables: specs, fused }: ProgramSpec, probe: Probe): Program {
  const graph = new Graph({ onError: () => {} });
  const first = graph.input('t0');
  const tables = new Map<string, Table<string, unknown>>([['t0', first]]);
  const keyed = new Map<string, KeyedTable<string, unknown>>([['t0', first]]);
  const sources = new Map<string, KeyedTable<string, unknown>>();
  const kinds = new Map<string, TableSpec['kind']>([['t0', 'input']]);
  const inputs: Input<string, unknown>[] = [first];

  for (const [index, spec] of specs.entries()) {
    const name = `t${index + 1}`;
    const pick = (number: number): KeyedTable<string, unknown> => [...keyed.values()][number % keyed.size]!;
    const source = pick(spec.source);
    const compute = numberOf(name, spec, [...tables.values()], fused ? first : undefined, probe);
    const addKeyed = (table: KeyedTable<string, unknown>): void => {
      keyed.set(name, table);
      tables.set(name, table);
    };
    if (spec.kind === 'map' || spec.kind === 'expand') sources.set(name, source);
    kinds.set(name, spec.kind);
    switch (spec.kind) {
      case 'input': {
        const input = graph.input(name);
        inputs.push(input);
        addKeyed(input);
        break;
      }
      case 'derive':
        tables.set(
          name,
          graph.derive(name, (read, key) => rowOf(compute(read, key, []))),
        );
        break;
      case 'map':
        addKeyed(
          graph.map(name, source, (row, read, key) => rowOf(compute(read, key, [{ table: source.name, key, row }]))),
        );
        break;
      case 'index':
        tables.set(
          name,
          graph.index(name, source, (row) => bitsOf(weigh(row) + spec.seed)),
        );
        break;
      case 'union':
        addKeyed(graph.union(name, [source, pick(spec.other)]));
        break;
      case 'expand':
        addKeyed(
          graph.expand(name, source, (row, read, key) => {
            const number = compute(read, key, [{ table: source.name, key, row }]);
            return bitsOf(number).map((bit) => [bit, number % 3] as const);
          }),
        );
    }
  }
  return { graph, tables, keyed, inputs, sources, kinds };
}

/** A number that depends on the rows read, as does which rows are read. */
function numberOf(
  name: string,
  spec: TableSpec,
  lower: readonly Table<string, unknown>[],
  fuse: Table<string, unknown> | undefined,
  probe: Probe,
) {
  return (read: Read, key: string, reads: RowRead[]): number => {
    probe(name, key, reads);
    const follow = (table: Table<string, unknown>, at: string): unknown => {
      const row = read(table, at);
      reads.push({ table: table.name, key: at, row });
      return row;
    };
    const blown = fuse !== undefined && follow(fuse, 'a') === 1;
    let number = reads.reduce((sum, { row }) => sum + weigh(row), spec.seed + key.charCodeAt(0));
    for (let step = 0; step < spec.reads; step += 1) {
      if (blown && number % 4 === 1) throw new Error('blown');
      number += (step + 1) * weigh(follow(lower[(number * 7 + step) % lower.length]!, keyOf(number + step))) + 1;
    }
    return number;
  };
}

function keyOf(number: number): string {
  return keys[number % keys.length]!;
}

function rowOf(number: number): number | undefined {
  return number % 5 === 0 ? undefined : number % 3;
}

/** Some of the keys, by the bits of a number. */
function bitsOf(number: number): readonly string[] {
  return keys.filter((_key, bit) => ((number >> bit) & 1) === 1);
}

function weigh(row: unknown): number {
  if (typeof row === 'number') return row + 1;
  return Array.isArray(row) ? row.reduce((sum: number, key: string) => sum * 2 + key.charCodeAt(0), 4) % 1000 : 0;
}
