import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { propertyRuns } from '../testing/property-runs.js';
import type { Observation } from './index.js';
import {
  type Program,
  type ProgramSpec,
  type RowRead,
  buildProgram,
  keys,
  programSpec,
} from './oracle-program.test.js';

type Change = readonly [input: number, key: string, row: number | undefined];
type Action =
  | { readonly kind: 'commit'; readonly changes: readonly Change[]; readonly within: readonly Action[] }
  | { readonly kind: 'observe'; readonly table: number; readonly key: string }
  | { readonly kind: 'close'; readonly which: number };
/** Done at once, or by the next listener that is told something. */
interface Step {
  readonly action: Action;
  readonly when: 'now' | 'told';
}

const key = fc.constantFrom(...keys);
const change = fc.tuple(fc.nat({ max: 5 }), key, fc.option(fc.nat({ max: 3 }), { nil: undefined }));
const quietAction: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constant('observe' as const), table: fc.nat({ max: 20 }), key }),
  fc.record({ kind: fc.constant('close' as const), which: fc.nat({ max: 20 }) }),
);
const commitAction: fc.Arbitrary<Action> = fc.record({
  kind: fc.constant('commit' as const),
  changes: fc.array(change, { maxLength: 5 }),
  within: fc.array(quietAction, { maxLength: 2 }),
});
const step: fc.Arbitrary<Step> = fc.record({
  action: fc.oneof({ arbitrary: commitAction, weight: 2 }, { arbitrary: quietAction, weight: 1 }),
  when: fc.constantFrom('now', 'now', 'now', 'told'),
});

interface Observed {
  readonly table: string;
  readonly key: string;
  readonly observation: Observation<unknown>;
  shown: unknown;
}

/** A cell that is needed: of which table, and what its row was computed from. */
interface Live {
  readonly table: string;
  readonly reads: readonly RowRead[];
}

type Inputs = readonly ReadonlyMap<string, number>[];

/** Runs a program and checks after every step that it is what a fresh one would be, and did no more than it had to. */
class Run {
  readonly #spec: ProgramSpec;
  readonly #program: Program;
  readonly #inputs: readonly Map<string, number>[];
  readonly #mirrors = new Map<string, Map<string, unknown>>();
  readonly #observed = new Set<Observed>();
  readonly #whenTold: Action[] = [];
  /** What each row read when it was computed last. */
  readonly #reads = new Map<string, readonly RowRead[]>();
  /** The rows computed on whose account: a commit, a listener, or the checks. */
  #computed: string[] = [];
  #checking = false;
  /** Whether a listener made a commit in this step, so that others may be told of rows that are what they were. */
  #nested = false;

  constructor(spec: ProgramSpec) {
    this.#spec = spec;
    this.#program = buildProgram(spec, (table, at, reads) => {
      if (this.#checking) return;
      this.#computed.push(this.#computedId(table, at));
      this.#reads.set(this.#computedId(table, at), reads);
    });
    this.#inputs = this.#program.inputs.map(() => new Map<string, number>());
    for (const table of this.#program.keyed.values()) {
      const mirror = new Map<string, unknown>();
      this.#mirrors.set(table.name, mirror);
      this.#program.graph.watch(table, (changes) => {
        for (const [at, row] of changes)
          if (row === undefined) mirror.delete(at);
          else mirror.set(at, row);
        this.#told();
      });
    }
  }

  take({ action, when }: Step): void {
    this.#nested = false;
    if (when === 'told') this.#whenTold.push(action);
    else this.#do(action);
    const sizes = this.#program.graph.size(); // before the checks ask for rows
    this.#check(() => this.#checkRows());
    this.#check(() => this.#checkSize(sizes));
  }

  /** Mends what is broken, then takes everything away. */
  end(): void {
    this.#whenTold.length = 0;
    this.take({ action: { kind: 'commit', changes: [[0, 'a', 0]], within: [] }, when: 'now' });
    while (this.#observed.size > 0) this.#do({ kind: 'close', which: 0 });
    const changes = this.#inputs.flatMap((rows, input) => [...rows.keys()].map((at): Change => [input, at, undefined]));
    this.take({ action: { kind: 'commit', changes, within: [] }, when: 'now' });
    assert.deepEqual(new Set(this.#program.graph.size().values()), new Set([0]));
  }

  #do(action: Action): void {
    if (action.kind === 'commit') this.#commit(action.changes, action.within);
    else if (action.kind === 'observe') this.#observe(action.table, action.key);
    else if (this.#observed.size > 0) this.#close([...this.#observed][action.which % this.#observed.size]!);
  }

  #commit(changes: readonly Change[], within: readonly Action[]): void {
    let live: ReadonlyMap<string, Live> = new Map();
    let after: Inputs = [];
    const sound = !this.#blown(this.#inputs);
    const computed = this.#account(() => {
      this.#program.graph.commit((tx) => {
        for (const action of within) this.#account(() => this.#do(action));
        live = this.#check(() => this.#live());
        for (const [number, at, row] of changes) {
          const input = number % this.#inputs.length;
          if (row === undefined) tx.delete(this.#program.inputs[input]!, at);
          else tx.set(this.#program.inputs[input]!, at, row);
          if (row === undefined) this.#inputs[input]!.delete(at);
          else this.#inputs[input]!.set(at, row);
        }
        after = this.#inputs.map((rows) => new Map(rows));
      });
    });
    assert.equal(new Set(computed).size, computed.length, 'a row was computed twice');
    if (sound && !this.#blown(after)) this.#checkJustified(computed, live, after);
  }

  #observe(number: number, at: string): void {
    const table = [...this.#program.tables.values()][number % this.#program.tables.size]!;
    const observation = this.#program.graph.observe(table, at, (row) => {
      if (!this.#nested) assert.notDeepEqual(row, observed.shown, 'a row was told of that is what it was');
      observed.shown = row;
      this.#told();
    });
    const observed: Observed = { table: table.name, key: at, observation, shown: observation.row };
    this.#observed.add(observed);
  }

  #close(observed: Observed): void {
    observed.observation.close();
    this.#observed.delete(observed);
  }

  #told(): void {
    const action = this.#whenTold.shift();
    if (action?.kind === 'commit') this.#nested = true;
    if (action !== undefined) this.#account(() => this.#do(action));
  }

  /** Rows are computed on an account of their own meanwhile; gives it back. */
  #account(run: () => void): readonly string[] {
    const before = this.#computed;
    const own: string[] = [];
    this.#computed = own;
    run();
    this.#computed = before;
    return own;
  }

  #check<Result>(look: () => Result): Result {
    this.#checking = true;
    const result = look();
    this.#checking = false;
    return result;
  }

  /** Rows are what they are in a fresh program, and everybody who follows them knows. */
  #checkRows(): void {
    const { graph, tables, keyed } = this.#program;
    const fresh = this.#blown(this.#inputs) ? undefined : this.#fresh(this.#inputs);
    for (const [name, table] of tables) {
      for (const at of keys) {
        const row = graph.read(table, at);
        if (fresh !== undefined) assert.deepEqual(row, fresh.graph.read(fresh.tables.get(name)!, at), `${name} ${at}`);
      }
    }
    for (const table of keyed.values()) {
      const rows = new Map(graph.keys(table).map((at) => [at, graph.read(table, at)]));
      assert.deepEqual(this.#mirrors.get(table.name), rows, `the watch of ${table.name}`);
    }
    for (const { table, key: at, observation, shown } of this.#observed) {
      assert.deepEqual(observation.row, graph.read(tables.get(table)!, at));
      assert.deepEqual(shown, observation.row, `the listener of ${table} ${at}`);
    }
  }

  /** The graph keeps what is needed, and nothing else. */
  #checkSize(sizes: ReadonlyMap<string, number>): void {
    const expected = new Map([...this.#program.tables.keys()].map((name) => [name, 0]));
    for (const { table } of this.#live().values()) expected.set(table, expected.get(table)! + 1);
    assert.deepEqual(sizes, expected);
  }

  /** Only rows were computed that had not been there, or that had read something that changed. */
  #checkJustified(computed: readonly string[], live: ReadonlyMap<string, Live>, after: Inputs): void {
    const { graph, tables } = this.#fresh(after);
    for (const id of computed) {
      const reads = live.get(id)?.reads;
      const changed =
        reads?.some((read) => !isDeepStrictEqual(read.row, graph.read(tables.get(read.table)!, read.key))) ?? true;
      assert.ok(changed, `${id} was computed for nothing`);
    }
  }

  /** What is needed: rows that are observed, that are there by themselves, and what they were computed from. */
  #live(): ReadonlyMap<string, Live> {
    const { graph, keyed, kinds, sources } = this.#program;
    const live = new Map<string, Live>();
    const visit = (table: string, at: string, id = `${table} ${at}`): void => {
      if (live.has(id)) return;
      const computes = kinds.get(table) !== 'expand' || id === this.#computedId(table, at);
      const reads = computes ? this.#readsOf(table, at) : [];
      live.set(id, { table, reads });
      for (const read of reads) visit(read.table, read.key);
    };
    for (const { table, key: at } of this.#observed) visit(table, at);
    for (const table of keyed.values()) for (const at of graph.keys(table)) visit(table.name, at);
    for (const [name, source] of sources)
      for (const at of graph.keys(source)) visit(name, at, this.#computedId(name, at));
    return live;
  }

  /** What the row of a derived table was computed from. Without a source row it is not computed, but waits for one. */
  #readsOf(table: string, at: string): readonly RowRead[] {
    const { graph, kinds, sources } = this.#program;
    const source = sources.get(table);
    if (source !== undefined && graph.read(source, at) === undefined)
      return [{ table: source.name, key: at, row: undefined }];
    return source !== undefined || kinds.get(table) === 'derive' ? this.#reads.get(this.#computedId(table, at))! : [];
  }

  /** The rows of an expanded table are not those that are computed for it. */
  #computedId(table: string, at: string): string {
    return this.#program.kinds.get(table) === 'expand' ? `${table} of ${at}` : `${table} ${at}`;
  }

  #blown(inputs: Inputs): boolean {
    return this.#spec.fused && inputs[0]?.get('a') === 1;
  }

  #fresh(inputs: Inputs): Program {
    const fresh = buildProgram(this.#spec, () => {});
    fresh.graph.commit((tx) => {
      for (const [input, rows] of inputs.entries()) for (const [at, row] of rows) tx.set(fresh.inputs[input]!, at, row);
    });
    return fresh;
  }
}

describe('after any steps, a graph', () => {
  it('equals a fresh one with the same inputs, computed only the necessary rows, and keeps only the needed ones', () => {
    fc.assert(
      fc.property(programSpec, fc.array(step, { maxLength: 14, size: 'max' }), (spec, steps) => {
        const run = new Run(spec);
        for (const each of steps) run.take(each);
        run.end();
      }),
      { numRuns: propertyRuns(400) },
    );
  });
});
