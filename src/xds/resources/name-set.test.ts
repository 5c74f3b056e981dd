/** Sets of names that share what they have in common: each stays what it is, whatever others are made of it. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { propertyRuns } from '../../testing/property-runs.js';
import { countSteps } from '../../testing/work-meter.js';
import { NameSet } from './name-set.js';

const NAMES = Array.from({ length: 12 }, (_, index) => `n${String(index)}`);

interface Change {
  readonly of: number;
  readonly added: readonly string[];
  readonly left: readonly string[];
}

describe('a set of names', () => {
  it('never changes, for any number of sets made from it, in any order of reading', () => {
    const names = fc.subarray(NAMES);
    const change: fc.Arbitrary<Change> = fc.record({ of: fc.nat(200), added: names, left: names });
    fc.assert(
      fc.property(names, fc.array(change, { maxLength: 60, size: 'max' }), (first, changes) => {
        const sets: [ReadonlySet<string>, ReadonlySet<string>][] = [[NameSet.of(new Set(first)), new Set(first)]];
        for (const { of, added, left } of changes) {
          const [set, expected] = sets[of % sets.length]!;
          const [news, gone] = [added.filter((name) => !expected.has(name)), left.filter((name) => expected.has(name))];
          const rest = [...expected].filter((name) => !gone.includes(name));
          sets.push([NameSet.after(set, news, gone), new Set([...rest, ...news])]);
          if (of % 3 === 0) check(...sets[(of * 7) % sets.length]!);
        }
        for (const [set, expected] of sets) check(set, expected);
      }),
      { numRuns: propertyRuns(60) },
    );
  });

  it('costs a constant number of steps for each added name', () => {
    const all = Array.from({ length: 100_000 }, (_, index) => `name-${String(index)}`);
    const steps = countSteps(() => {
      let set: ReadonlySet<string> = NameSet.of(new Set());
      for (const name of all) set = NameSet.after(set, [name], []);
    });
    assert.ok(steps < 20 * all.length, String(steps / all.length));
  });
});

function check(set: ReadonlySet<string>, expected: ReadonlySet<string>): void {
  assert.equal(set.size, expected.size);
  for (const name of NAMES) assert.equal(set.has(name), expected.has(name), name);
  assert.deepEqual([...set].sort(), [...expected].sort());
  assert.deepEqual([...set.keys()], [...set.values()]);
  const each: string[] = [];
  set.forEach((name) => each.push(name));
  assert.deepEqual(
    each,
    [...set.entries()].map(([name]) => name),
  );
}
