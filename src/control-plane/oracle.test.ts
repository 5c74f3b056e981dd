/** What a long run of changes comes to is what a fresh start with the same resources gives, byte for byte. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { propertyRuns, propertyTimeout } from '../testing/property-runs.js';
import { createDecode } from '../api/decode.js';
import type { RawResource } from '../api/resource.js';
import type { ResourceBatch } from '../source/index.js';
import { type ArbitraryDocument, arbitraryDocument, clients, toRaw } from '../testing/arbitrary-documents.js';
import { type Watcher, watch } from '../testing/watcher.js';
import { type Core, createCore } from './inputs/core.js';
import type { Input } from '../graph/index.js';

const decode = createDecode();
const change = fc.record({ document: arbitraryDocument, remove: fc.boolean() });

describe('incremental computation', () => {
  it('has the same result as a fresh start', function () {
    this.timeout(propertyTimeout(120_000));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 25, size: 'max' }), (changes) => {
        const long = createCore({ decode });
        let watchers = clients.map((client) => watch(long, client));
        const present = new Map<string, RawResource>();
        changes.forEach((step, i) => {
          apply(long, present, step, i);
          // A client's view may be another one now, as the server would find out at once.
          const moved = clients.map((client) => watch(long, client));
          for (const watcher of watchers) watcher.close();
          watchers = moved;
          assert.deepEqual(
            held(watchers),
            held(fresh(long, present)),
            stringify([...present.values()].map(({ document: of }) => of)),
          );
        });
      }),
      { numRuns: propertyRuns(200) },
    );
  });
});

function apply(
  core: Core,
  present: Map<string, RawResource>,
  step: { document: ArbitraryDocument; remove: boolean },
  i: number,
): void {
  const raw = toRaw(step.document, i + 1);
  const key = `${raw.kind}/${raw.metadata.name}`;
  const before = present.get(key);
  if (step.remove && before !== undefined) {
    present.delete(key);
    const { kind, metadata } = before;
    core.take({ upserts: [], deletes: [{ kind, namespace: metadata.namespace, name: metadata.name }] });
    return;
  }
  const arrived = { ...raw, arrival: before?.arrival ?? raw.arrival };
  present.set(key, arrived);
  core.take({ upserts: [arrived], deletes: [] } satisfies Pick<ResourceBatch, 'upserts' | 'deletes'>);
}

/** History is an input too: the fresh start gets the versions that were valid last. */
function fresh(long: Core, present: ReadonlyMap<string, RawResource>): readonly Watcher[] {
  const core = createCore({ decode });
  copyHistory(long, core);
  core.take({ upserts: [...present.values()], deletes: [] });
  return clients.map((client) => watch(core, client));
}

function copyHistory(from: Core, to: Core): void {
  to.graph.commit((transaction) => {
    const sources = from.model.history as readonly Input<string, unknown>[];
    (to.model.history as readonly Input<string, unknown>[]).forEach((table, i) => {
      const source = sources[i] ?? table;
      for (const key of from.graph.keys(source))
        transaction.set(table, key, from.graph.read(source, key) ?? assert.fail());
    });
  });
}

function held(watchers: readonly Watcher[]): unknown {
  return watchers.map((watcher) => watcher.versions());
}
