import assert from 'node:assert/strict';
import type { Costs } from './costs.js';
import { type Loss, simulate, withoutCoalescing } from './region-loss.js';
import { sizeFor } from './sizing.js';

const COSTS: Costs = {
  changeMs: 1,
  responseMs: 0.05,
  resourceMs: 0.001,
  resourceBytes: 400,
  responseBytes: 100,
  streamKb: 20,
  serviceKb: 10,
  processMb: 100,
};
const MACHINE = { memoryGb: 4, gigabitsPerSecond: 10 };

describe('the size of a fleet', () => {
  const fleet = { envoys: 100_000, services: 50_000, servicesPerEnvoy: 500, changesPerSecond: 100 };

  it('depends on the limit that is reached first', () => {
    const sizing = sizeFor(COSTS, fleet, MACHINE);
    assert.equal(sizing.replicas, Math.max(2, sizing.memory, sizing.changes, sizing.restart, sizing.network));
    // 100 000 Envoys × 1 000 resources × 1 µs in 60 s.
    assert.equal(sizing.restart, 2);
  });

  it('is unlimited if the services alone fill each replica', () => {
    assert.equal(sizeFor({ ...COSTS, serviceKb: 1_000 }, fleet, MACHINE).replicas, Infinity);
  });

  it('is unlimited if each change alone overloads a replica', () => {
    assert.equal(sizeFor(COSTS, { ...fleet, changesPerSecond: 600 }, MACHINE).replicas, Infinity);
  });
});

describe('the loss of a region', () => {
  const loss: Loss = { services: 1_000, endpointsEach: 2, noticedWithin: 1, burst: 20, envoys: 1_000, share: 1 };

  it('needs fewer responses if delayed changes are sent together', () => {
    const [together, alone] = [simulate(COSTS, loss), withoutCoalescing(COSTS, loss)];
    assert.ok(together.responses < alone.responses / 5, `${together.responses} of ${alone.responses}`);
    assert.ok(together.seconds < alone.seconds);
    // Everybody hears of every service at least once, and of no endpoint twice.
    assert.ok(together.resources >= 1_000 * 1_000 && together.resources <= 2 * 1_000 * 1_000);
  });

  it('gives the same result in every simulation', () => assert.deepEqual(simulate(COSTS, loss), simulate(COSTS, loss)));

  it('ends with the last detection if sending costs nothing', () => {
    const free = { ...COSTS, changeMs: 0, responseMs: 0, resourceMs: 0 };
    assert.ok(simulate(free, loss).secondsAfter <= 0);
  });
});
