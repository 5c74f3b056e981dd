/** The counts of the metrics are what resources and findings themselves say, and cost what changed since the last scrape. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ResourceKey } from '../api/resource.js';
import { type ArbitraryDocument, arbitraryDocument, toRaw } from '../testing/arbitrary-documents.js';
import { arbitraryMistake, withMistakes } from '../testing/arbitrary-mistakes.js';
import { propertyRuns, propertyTimeout } from '../testing/property-runs.js';
import { runToEnd } from '../turns/run-to-end.js';
import { type ControlPlane, createControlPlane } from './control-plane.js';
import { type Contribution, StateCounter } from './reports/state-counter.js';

const document = fc
  .tuple(arbitraryDocument, fc.array(arbitraryMistake, { maxLength: 2 }))
  .map(([valid, mistakes]): ArbitraryDocument => ({ ...valid, spec: withMistakes(valid.spec, mistakes) as object }));
const change = fc.record({ document, remove: fc.boolean(), scrape: fc.boolean() });

/** Counted one by one. */
function recount(plane: ControlPlane): unknown {
  const states: Record<string, number> = {};
  for (const { kind, status } of plane.resources({ written: true })) {
    const state = typeof status?.['state'] === 'string' ? status['state'] : '';
    states[`${kind} ${state}`] = (states[`${kind} ${state}`] ?? 0) + 1;
  }
  const countOf = (severity: string): number => plane.findings().filter((each) => each.severity === severity).length;
  return { states, findings: { error: countOf('error'), warning: countOf('warning') } };
}

function counted(plane: ControlPlane): unknown {
  const { resources, findings } = plane.counts();
  const states = Object.fromEntries(resources.map(({ kind, state, count }) => [`${kind} ${state}`, count]));
  return { states, findings };
}

describe('the counts of resources and findings', () => {
  it('equal the actual numbers after any changes', function () {
    this.timeout(propertyTimeout(120_000));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 30, size: 'max' }), (changes) => {
        const plane = createControlPlane();
        changes.forEach(({ document: written, remove, scrape }, index) => {
          const raw = toRaw(written, index + 1);
          const { kind, metadata } = raw;
          const ref = { kind, namespace: metadata.namespace, name: metadata.name };
          plane.apply({ upserts: remove ? [] : [raw], deletes: remove ? [ref] : [], findings: [], newFindings: [] });
          if (scrape || index === changes.length - 1) assert.deepEqual(counted(plane), recount(plane));
        });
      }),
      { numRuns: propertyRuns(40) },
    );
  });
});

describe('counting resources', () => {
  const contributions = new Map<ResourceKey, Contribution>();
  let [looks, counter] = [0, new StateCounter(() => undefined)];

  beforeEach(() => {
    contributions.clear();
    looks = 0;
    counter = new StateCounter((key) => {
      looks += 1;
      return contributions.get(key);
    });
  });

  function put(name: string, state: string): void {
    contributions.set(name as ResourceKey, { kind: 'Service', state, findings: ['warning'] });
    counter.touch(name as ResourceKey);
  }

  it('visits the resources that changed since the last time, once each', () => {
    for (let index = 0; index < 1_000; index += 1) put(`s${String(index)}`, 'ACCEPTED');
    counter.counts();
    assert.equal(looks, 1_000);
    put('s7', 'INVALID');
    put('s7', 'FAILED');
    assert.deepEqual(counter.counts(), {
      resources: [
        { kind: 'Service', state: 'ACCEPTED', count: 999 },
        { kind: 'Service', state: 'FAILED', count: 1 },
      ],
      findings: { error: 0, warning: 1_000 },
    });
    assert.equal(looks, 1_001);
  });

  it('counts nothing before it is asked', async () => {
    put('s0', 'ACCEPTED');
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(looks, 0);
  });

  it('counts in steps when it is asked for the first time', () => {
    for (let index = 0; index < 1_200; index += 1) put(`s${String(index)}`, 'ACCEPTED');
    const seen: number[] = [];
    for (const _ of counter.inSteps()) seen.push(looks);
    assert.deepEqual(seen, [250, 500, 750, 1_000, 1_200]);
  });

  it('counts changes between the turns of the event loop from then on', async () => {
    runToEnd(counter.inSteps());
    for (let index = 0; index < 1_200; index += 1) put(`s${String(index)}`, 'ACCEPTED');
    const seen = [looks];
    while (looks < 1_200) {
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(looks);
    }
    assert.deepEqual([...new Set(seen)], [0, 250, 500, 750, 1_000, 1_200]);
  });
});
