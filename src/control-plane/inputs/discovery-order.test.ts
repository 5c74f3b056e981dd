/** The order in which a cluster's resources are read changes no byte of what an Envoy gets. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { propertyRuns } from '../../testing/property-runs.js';
import { readCase } from '../../testing/case.js';
import { TESTDATA } from '../../testing/golden.js';
import { watch } from '../../testing/watcher.js';
import { createCore } from './core.js';

describe('promise 16: Kubernetes resources in any order', () => {
  it('give the same bytes', () => {
    const { clients, first } = readCase(join(TESTDATA, 'golden', 'kubernetes'));
    const heldAfter = (batches: readonly (typeof first.upserts)[]): unknown => {
      const core = createCore();
      for (const upserts of batches) core.take({ upserts, deletes: [] });
      return Object.values(clients).map((client) => {
        const watcher = watch(core, client);
        const versions = watcher.versions();
        watcher.close();
        return versions;
      });
    };
    const expected = heldAfter([first.upserts]);
    const order = fc.shuffledSubarray([...first.upserts], { minLength: first.upserts.length });
    fc.assert(
      fc.property(order, fc.integer({ min: 0, max: first.upserts.length }), (upserts, cut) => {
        assert.deepEqual(heldAfter([upserts]), expected);
        assert.deepEqual(heldAfter([upserts.slice(0, cut), upserts.slice(cut)]), expected);
      }),
      { numRuns: propertyRuns(20) },
    );
  });
});
