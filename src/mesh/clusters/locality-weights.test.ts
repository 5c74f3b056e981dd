import assert from 'node:assert/strict';
import fc from 'fast-check';
import { exactWeights, MAX_WEIGHT_SUM } from './locality-weights.js';

describe('exact weights', () => {
  it('are proportional to endpoints, in the smallest integers', () => {
    const groups = [
      { share: 0, endpoints: 2 },
      { share: 0, endpoints: 1 },
      { share: 1, endpoints: 5 },
    ];
    assert.deepEqual(exactWeights(groups, [50, 50]), [2, 1, 3]);
  });

  it('are 1 for a group without traffic', () => {
    assert.deepEqual(
      exactWeights(
        [
          { share: 0, endpoints: 0 },
          { share: 1, endpoints: 3 },
        ],
        [50, 50],
      ),
      [1, 1],
    );
  });

  it('are exact for any groups, within the limits of Envoy', () => {
    const group = fc.record({ share: fc.nat(2), endpoints: fc.integer({ min: 1, max: 30 }) });
    fc.assert(
      fc.property(fc.array(group, { minLength: 1, maxLength: 8 }), (groups) => {
        const shares = [60, 30, 10];
        const weights = exactWeights(groups, shares);
        assert.ok(weights.every((weight) => Number.isInteger(weight) && weight >= 1));
        assert.ok(weights.reduce((a, b) => a + b, 0) <= MAX_WEIGHT_SUM);
        for (const [i, a] of groups.entries()) {
          for (const [j, b] of groups.entries()) {
            const part = (index: number, { share, endpoints }: typeof a): number =>
              ((weights[index] ?? 0) * endpointsOf(groups, share)) / ((shares[share] ?? 0) * endpoints);
            assert.ok(Math.abs(part(i, a) - part(j, b)) < 1e-6 * part(i, a));
          }
        }
      }),
    );
  });
});

function endpointsOf(groups: readonly { readonly share: number; readonly endpoints: number }[], share: number): number {
  return groups.filter((group) => group.share === share).reduce((sum, { endpoints }) => sum + endpoints, 0);
}
