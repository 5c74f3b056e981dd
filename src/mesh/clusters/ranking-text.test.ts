import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Ranking, formatRanking, parseRanking } from './ranking-text.js';

const place = fc.record({ tier: fc.nat(200), share: fc.nat(9) }, { requiredKeys: ['tier'], noNullPrototype: true });

describe('a ranking as text', () => {
  it('is as short as documented', () => {
    assert.equal(formatRanking({ places: [{ tier: 0 }, { tier: 2 }, undefined] }), '0,2,;');
    assert.equal(
      formatRanking({
        places: [
          { tier: 0, share: 1 },
          { tier: 0, share: 0 },
        ],
        shares: [30, 70],
      }),
      '0:1,0:0;30,70',
    );
  });

  it('can be parsed', () => {
    const places = fc.array(fc.option(place, { nil: undefined }), { minLength: 1 });
    const shares = fc.array(fc.nat(100), { minLength: 1 });
    fc.assert(
      fc.property(
        fc.record({ places, shares }, { requiredKeys: ['places'], noNullPrototype: true }),
        (ranking: Ranking) => {
          assert.deepEqual(parseRanking(formatRanking(ranking)), ranking);
        },
      ),
    );
  });

  it('is never empty', () => {
    assert.notEqual(formatRanking({ places: [] }), '');
    assert.deepEqual(
      parseRanking(formatRanking({ places: [] })).places.filter((found) => found !== undefined),
      [],
    );
  });
});
