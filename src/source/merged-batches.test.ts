import assert from 'node:assert/strict';
import fc from 'fast-check';
import { propertyRuns } from '../testing/property-runs.js';
import { service } from './fixtures.test.js';
import { nextContent } from './contents/last-good-content.js';
import { MergedBatches } from './merged-batches.js';
import { type FileTable, type ResourceBatch, createFileTable } from './contents/table.js';
import { runToEnd } from '../turns/run-to-end.js';

/** A source with one file for each resource. */
class Source {
  readonly #name: string;
  readonly #table: FileTable = createFileTable();

  constructor(name: string) {
    this.#name = name;
  }

  /** By name of the resource its hostname; `undefined` deletes it. */
  change(resources: Readonly<Record<string, string | undefined>>): ResourceBatch | undefined {
    for (const [name, hostname] of Object.entries(resources)) {
      const file = `${this.#name}/${name}.yaml`;
      if (hostname === undefined) this.#table.remove(file);
      else {
        const text = service(name, hostname);
        this.#table.set(file, runToEnd(nextContent(file, this.#table.content(file), { text, identity: text })));
      }
    }
    return this.#table.commit();
  }
}

/** What a receiver of batches has in the end, by name. */
class Receiver {
  readonly held = new Map<string, unknown>();

  take({ upserts, deletes }: ResourceBatch): void {
    for (const { metadata, document } of upserts)
      this.held.set(metadata.name, (document['spec'] as { hostname: unknown }).hostname);
    for (const { name } of deletes) this.held.delete(name);
  }
}

function merging(): {
  readonly change: (
    source: 0 | 1,
    resources: Readonly<Record<string, string | undefined>>,
  ) => ResourceBatch | undefined;
  readonly receiver: Receiver;
} {
  const [merged, receiver] = [new MergedBatches(2), new Receiver()];
  const sources = [new Source('first'), new Source('second')];
  return {
    receiver,
    change: (source, resources) => {
      const batch = sources[source]?.change(resources);
      if (batch === undefined) return undefined;
      const taken = merged.take(source, batch);
      receiver.take(taken);
      return taken;
    },
  };
}

describe('the batches of several sources', () => {
  it('have what the first source says, and a finding about what others say', () => {
    const { change, receiver } = merging();
    change(1, { a: 'second.global', b: 'b.global' });
    const taken = change(0, { a: 'first.global' });
    assert.deepEqual(
      [...receiver.held],
      [
        ['a', 'first.global'],
        ['b', 'b.global'],
      ],
    );
    assert.deepEqual(
      taken?.findings.map(({ file, code, message }) => [file, code, /first\/a.yaml:1/.test(message)]),
      [['second/a.yaml', 'DuplicateResource', true]],
    );
    assert.deepEqual(taken.newFindings.length, 1);
    assert.deepEqual(change(1, { b: 'new.global' })?.newFindings, []);
  });

  it('take what another source says when the first no longer does', () => {
    const { change, receiver } = merging();
    change(0, { a: 'first.global' });
    change(1, { a: 'second.global' });
    const taken = change(0, { a: undefined });
    assert.deepEqual([receiver.held.get('a'), taken?.deletes, taken?.findings], ['second.global', [], []]);
  });

  it('do not change with what is ignored', () => {
    const { change } = merging();
    change(0, { a: 'first.global' });
    const { upserts, deletes } = change(1, { a: 'second.global' }) ?? {};
    assert.deepEqual([upserts, deletes], [[], []]);
    assert.deepEqual(change(1, { a: undefined })?.deletes, []);
  });

  it('end as the sources do, in any order of changes', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const step = fc.tuple(
      fc.constantFrom(0 as const, 1 as const),
      fc.dictionary(name, fc.option(fc.constantFrom('x.global', 'y.global'), { nil: undefined }), { minKeys: 1 }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30, size: 'max' }), (steps) => {
        const { change, receiver } = merging();
        const said = { 0: new Map<string, string>(), 1: new Map<string, string>() };
        for (const [source, resources] of steps) {
          change(source, resources);
          for (const [key, value] of Object.entries(resources))
            if (value === undefined) said[source].delete(key);
            else said[source].set(key, value);
        }
        const expected = new Map([...said[1], ...said[0]]);
        assert.deepEqual(new Map([...receiver.held].sort()), new Map([...expected].sort()));
      }),
      { numRuns: propertyRuns(300) },
    );
  });
});
