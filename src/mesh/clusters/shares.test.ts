import assert from 'node:assert/strict';
import { priorityLoad, tierShares } from './shares.js';
import type { Health, LocalityGroup } from '../model/model.js';

function group(zone: string, weight: number, ...health: readonly Health[]): LocalityGroup {
  const endpoints = health.map((of, i) => ({ address: `10.0.0.${String(i)}`, port: 80, health: of, labels: {} }));
  return { locality: { region: 'r', zone, subZone: '' }, weight, endpoints };
}

describe('priorityLoad', () => {
  const cases: readonly (readonly [readonly number[], readonly number[]])[] = [
    [[72, 100], [100, 0]],
    [[71, 100], [99, 1]],
    [[50, 100], [70, 30]],
    [[25, 100], [35, 65]],
    [[0, 100], [0, 100]],
    [[25, 25], [50, 50]],
    [[25, 25, 100], [35, 35, 30]],
    [[25, 25, 20], [37, 35, 28]], // Envoy rounds down and gives the rest to the first
    [[100], [100]],
  ];
  for (const [healthy, shares] of cases) {
    it(`[${healthy.join(', ')}] % healthy → [${shares.join(', ')}]`, () => {
      const load = priorityLoad(healthy.map((percent) => ({ healthy: percent, hosts: 100 })));
      assert.deepEqual(load, { shares, panic: false });
    });
  }

  it('panics when no host of any tier is healthy, and uses all by their number', () => {
    assert.deepEqual(priorityLoad([{ healthy: 0, hosts: 1 }, { healthy: 0, hosts: 3 }]), { shares: [25, 75], panic: true });
  });

  it('gives the rest of rounding to the first tier that takes traffic', () => {
    assert.deepEqual(priorityLoad([{ healthy: 0, hosts: 1 }, { healthy: 0, hosts: 1 }, { healthy: 0, hosts: 1 }]).shares, [34, 33, 33]);
  });

  it('has nothing to share without hosts', () => {
    assert.deepEqual(priorityLoad([{ healthy: 0, hosts: 0 }]).shares, [0]);
  });
});

describe('tierShares', () => {
  it('gives healthy endpoints equal shares where no rule sets weights', () => {
    const tier = [group('a', 2, 'HEALTHY', 'UNHEALTHY'), group('b', 2, 'HEALTHY', 'HEALTHY')];
    const shares = tierShares(tier, 90, false, false);
    assert.deepEqual(shares.map(({ share }) => share), [30, 60]);
    assert.deepEqual(shares.map(({ endpoints }) => endpoints), [[30, 0], [30, 30]]);
  });

  it('shares by weight where a rule sets them, less what is unhealthy beyond the margin', () => {
    const tier = [group('a', 30, 'HEALTHY'), group('b', 70, 'HEALTHY', 'UNHEALTHY')];
    assert.deepEqual(tierShares(tier, 100, true, false).map(({ share }) => Math.round(share)), [38, 62]);
  });

  it('leaves out endpoints that are draining', () => {
    assert.deepEqual(tierShares([group('a', 1, 'DRAINING', 'HEALTHY')], 100, false, false)[0]?.endpoints, [0, 100]);
  });
});
