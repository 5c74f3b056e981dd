import assert from 'node:assert/strict';
import { type TierHealth, inPanic, priorityLoad, tierShares } from './shares.js';
import type { Health, LocalityGroup } from '../model/model.js';

function group(zone: string, weight: number, ...health: readonly Health[]): LocalityGroup {
  const endpoints = health.map((of, i) => ({ address: `10.0.0.${String(i)}`, port: 80, health: of, labels: {} }));
  return { locality: { region: 'r', zone, subZone: '' }, weight, endpoints };
}

function dead(hosts: number, draining = 0): TierHealth {
  return { healthy: 0, hosts, draining };
}

describe('priorityLoad', () => {
  const cases: readonly (readonly [readonly number[], readonly number[]])[] = [
    [
      [72, 100],
      [100, 0],
    ],
    [
      [71, 100],
      [99, 1],
    ],
    [
      [50, 100],
      [70, 30],
    ],
    [
      [25, 100],
      [35, 65],
    ],
    [
      [0, 100],
      [0, 100],
    ],
    [
      [25, 25],
      [50, 50],
    ],
    [
      [25, 25, 100],
      [35, 35, 30],
    ],
    [
      [25, 25, 20],
      [37, 35, 28],
    ], // Envoy rounds down and gives the remainder to the first priority.
    [[100], [100]],
  ];
  for (const [healthy, shares] of cases) {
    it(`is [${shares.join(', ')}] if [${healthy.join(', ')}] % are healthy`, () => {
      const load = priorityLoad(healthy.map((percent) => ({ healthy: percent, hosts: 100, draining: 0 })));
      assert.deepEqual(load, shares);
    });
  }

  it('panics if no host of any tier is healthy, and distributes by the number of hosts', () => {
    const tiers = [dead(1), dead(3)];
    assert.deepEqual(priorityLoad(tiers), [25, 75]);
    assert.deepEqual(inPanic(tiers), [true, true]);
  });

  it('counts draining hosts in panic mode only', () => {
    assert.deepEqual(priorityLoad([dead(1, 2), dead(2)]), [60, 40]);
    assert.deepEqual(
      priorityLoad([
        { healthy: 1, hosts: 1, draining: 3 },
        { healthy: 2, hosts: 2, draining: 0 },
      ]),
      [100, 0],
    );
    assert.deepEqual(priorityLoad([dead(0, 2), { healthy: 1, hosts: 1, draining: 0 }]), [0, 100]);
    assert.deepEqual(priorityLoad([dead(0, 2)]), [100]);
  });

  it('panics in a tier with less than 1 % healthy hosts, unless the others can take all traffic', () => {
    const few = { healthy: 1, hosts: 120, draining: 0 };
    assert.deepEqual([priorityLoad([few]), inPanic([few])], [[100], [true]]);
    const half = { healthy: 5, hosts: 10, draining: 0 };
    assert.deepEqual(
      [priorityLoad([few, half]), inPanic([few, half])],
      [
        [2, 98],
        [true, false],
      ],
    );
    const whole = { healthy: 10, hosts: 10, draining: 0 };
    assert.deepEqual(
      [priorityLoad([few, whole]), inPanic([few, whole])],
      [
        [1, 99],
        [false, false],
      ],
    );
    assert.deepEqual(
      [priorityLoad([few, dead(120)]), inPanic([few, dead(120)])],
      [
        [50, 50],
        [true, true],
      ],
    );
    assert.deepEqual(inPanic([{ healthy: 1, hosts: 100, draining: 0 }]), [false]);
  });

  it('gives the remainder of rounding to the first tier with traffic', () => {
    assert.deepEqual(priorityLoad([dead(1), dead(1), dead(1)]), [34, 33, 33]);
  });

  it('distributes nothing without hosts', () => {
    assert.deepEqual(priorityLoad([dead(0)]), [0]);
    assert.deepEqual(priorityLoad([]), []);
  });
});

describe('tierShares', () => {
  it('gives healthy endpoints equal shares without weights of a rule', () => {
    const tier = [group('a', 2, 'HEALTHY', 'UNHEALTHY'), group('b', 2, 'HEALTHY', 'HEALTHY')];
    const shares = tierShares(tier, 90, false, false);
    assert.deepEqual(
      shares.map(({ share }) => share),
      [30, 60],
    );
    assert.deepEqual(
      shares.map(({ endpoints }) => endpoints),
      [
        [30, 0],
        [30, 30],
      ],
    );
  });

  it('distributes by weight if a rule sets weights, less for unhealthy hosts beyond the margin', () => {
    const tier = [group('a', 30, 'HEALTHY'), group('b', 70, 'HEALTHY', 'UNHEALTHY')];
    assert.deepEqual(
      tierShares(tier, 100, true, false).map(({ share }) => Math.round(share)),
      [38, 62],
    );
  });

  it('leaves out draining endpoints', () => {
    assert.deepEqual(tierShares([group('a', 1, 'DRAINING', 'HEALTHY')], 100, false, false)[0]?.endpoints, [0, 100]);
  });
});
