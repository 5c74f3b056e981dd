import assert from 'node:assert/strict';
import { completeWeights, localityOrder } from './locality-order.js';
import type { Locality, LocalityMapping } from '../model/model.js';

function locality(text: string): Locality {
  const [region = '', zone = '', subZone = ''] = text.split('/');
  return { region, zone, subZone };
}

function mapping(from: string, ...to: readonly (string | readonly [string, number])[]): LocalityMapping {
  return {
    from: locality(from),
    to: to.map((target) =>
      typeof target === 'string'
        ? { locality: locality(target) }
        : { locality: locality(target[0]), weight: target[1] },
    ),
  };
}

/** Tiers without gaps, as Envoy sees them; `null` for groups that are left out. */
function tiersFor(
  client: string,
  groups: readonly string[],
  ...mappings: readonly LocalityMapping[]
): readonly (number | null)[] {
  const { preferenceOf } = localityOrder(locality(client), mappings);
  const places = groups.map((group) => preferenceOf({ locality: locality(group), cluster: '', labels: {} })?.tier);
  const used = [...new Set(places.filter((tier) => tier !== undefined))].sort((a, b) => a - b);
  return places.map((tier) => (tier === undefined ? null : used.indexOf(tier)));
}

const groups = ['r1/z1/s1', 'r1/z1/s1', 'r1/z1/s2', 'r1/z1/s3', 'r1/z2', 'r2', 'r3'];

describe('localityOrder', () => {
  const cases: readonly (readonly [
    string,
    string,
    readonly string[],
    readonly LocalityMapping[],
    readonly (number | null)[],
  ])[] = [
    ['without mappings: nearest first', 'r1/z1/s1', groups, [], [0, 0, 1, 1, 2, 3, 3]],
    ['a mapping keeps to itself and its targets', 'r1/z1/s1', groups, [mapping('r1', 'r2')], [0, 0, 1, 1, 2, 3, null]],
    [
      'a sub-zone in another region is elsewhere',
      'r1/z1/s1',
      ['r1/z1/s2', 'r2/z1/s2', 'r2/z1/s2'],
      [mapping('r1', 'r2')],
      [0, 1, 1],
    ],
    [
      'each target is a tier of its own, in list order',
      'r1/z1/s1',
      ['r3', 'r2', 'r1/z1/s1'],
      [mapping('r1', 'r3', 'r2')],
      [1, 2, 0],
    ],
    ['a mapping of another region does not count', 'r2', ['r1', 'r2', 'r3'], [mapping('r1', 'r3')], [1, 0, 1]],
    [
      'the most specific mapping wins',
      'r1/z1',
      ['r1/z1', 'r1/z2', 'r2', 'r3'],
      [mapping('r1', 'r2'), mapping('r1/z1', 'r3')],
      [0, null, null, 1],
    ],
    ['a zone of the same name elsewhere is elsewhere', 'r1/z1', ['r2/z1', 'r1/z2'], [], [1, 0]],
    ['a zone without region is compared by zone alone', '/z1', ['r1/z1', '/z1', 'r1/z2', '/z2'], [], [0, 0, 1, 1]],
    ['and so is that of an endpoint', 'r1/z1/s1', ['/z1', '/z1/s1', 'r1/z2', '/z3', ''], [], [1, 0, 2, 3, 3]],
    [
      'a mapping covers a zone without region by its zone',
      '/z1',
      ['r1/z1', 'r2', '/z3', '/z2'],
      [mapping('r1/z1', 'r2', 'r3/z3')],
      [0, 1, 2, null],
    ],
    ['no locality is the same place as no locality', '', ['', 'r1'], [], [0, 1]],
    [
      'an endpoint stands in its first matching tier',
      'r1/z1',
      ['r1/z1', 'r1/z2'],
      [mapping('r1', 'r1/z2', 'r2')],
      [0, 1],
    ],
  ];
  for (const [name, client, of, mappings, expected] of cases) {
    it(name, () => {
      assert.deepEqual(tiersFor(client, of, ...mappings), expected);
    });
  }

  it('distributes by weights, in one tier and to the listed localities only', () => {
    const { preferenceOf, shares } = localityOrder(locality('us-east'), [
      mapping('us-east', ['us-west', 50], ['us-east', 50]),
    ]);
    const places = ['us-east', 'us-west/a', 'eu'].map((group) =>
      preferenceOf({ locality: locality(group), cluster: '', labels: {} }),
    );
    assert.deepEqual(places, [{ tier: 0, share: 1 }, { tier: 0, share: 0 }, undefined]);
    assert.deepEqual(shares, [50, 50]);
  });

  it('gives an endpoint to the most specific target that covers it', () => {
    const { preferenceOf } = localityOrder(locality('r1'), [mapping('r1', ['r2', 40], ['r2/z1', 60])]);
    assert.equal(preferenceOf({ locality: locality('r2/z1/s1'), cluster: '', labels: {} })?.share, 1);
    assert.equal(preferenceOf({ locality: locality('r2/z2'), cluster: '', labels: {} })?.share, 0);
  });
});

describe('completeWeights', () => {
  const cases: readonly (readonly [readonly (number | undefined)[], readonly number[]])[] = [
    [
      [50, 50],
      [50, 50],
    ],
    [
      [50, undefined, undefined],
      [50, 25, 25],
    ],
    [
      [49, undefined, undefined],
      [49, 26, 25],
    ],
    [
      [undefined, 10, undefined, undefined],
      [30, 10, 30, 30],
    ],
    [
      [undefined, 8, undefined, undefined, undefined],
      [23, 8, 23, 23, 23],
    ],
  ];
  for (const [given, expected] of cases) {
    it(`fills [${given.map((weight) => weight ?? '–').join(', ')}]`, () => {
      assert.deepEqual(completeWeights(given), expected);
    });
  }
});
