import assert from 'node:assert/strict';
import type { ClassKey, ListedClass } from './endpoint-class.js';
import { orderMembers, rankingOfRun } from './member-order.js';
import type { Ranking } from './ranking-text.js';
import type { AggregateCluster } from './upstream-cluster.js';

/** Members `a` and `b` have IP addresses, and `n` has DNS names. */
function aggregate(listed = false): AggregateCluster {
  const member = (id: string) =>
    ({ id, type: id === 'n' ? 'STRICT_DNS' : 'EDS', settings: { http2: false }, backings: [] }) as const;
  return {
    type: 'AGGREGATE',
    name: 'x',
    backings: [],
    rule: { type: 'locality', mappings: [] },
    members: ['n', 'a', 'b'].map(member),
    listed,
  };
}

/** Creates a class for each text `member:tier` or `member:tier:share`. A class without a tier has no place. */
function ranked(
  texts: readonly string[],
  shares?: readonly number[],
): { readonly classes: readonly ListedClass[]; readonly ranking: Ranking } {
  const parts = texts.map((text) => text.split(':'));
  const classes = parts.map(([member = ''], i) => ({
    key: String(i) as ClassKey,
    list: 0,
    member,
    locality: { region: '', zone: '', subZone: '' },
    cluster: '',
    labels: {},
  }));
  const places = parts.map(([, tier, share]) =>
    tier === undefined ? undefined : { tier: Number(tier), ...(share !== undefined && { share: Number(share) }) },
  );
  return { classes, ranking: { places, ...(shares && { shares }) } };
}

function runs(texts: readonly string[], shares?: readonly number[]): readonly string[] {
  const { classes, ranking } = ranked(texts, shares);
  return orderMembers(aggregate(), classes, ranking).map(
    ({ member, run, tiers }) => `${member}${String(run)} ${tiers.join(',')}`,
  );
}

describe('the layout of an aggregate', () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['follows the tiers', ['a:1', 'b:0'], ['b1 0', 'a1 1']],
    ['keeps consecutive tiers in one cluster', ['a:0', 'a:1', 'b:2'], ['a1 0,1', 'b1 2']],
    ['repeats a member', ['a:0', 'b:1', 'a:2'], ['a1 0', 'b1 1', 'a2 2']],
    ['splits a tier of several members, with DNS names last', ['n:0', 'b:0', 'a:0'], ['a1 0', 'b1 0', 'n1 0']],
    ['keeps DNS names in a better tier first', ['n:0', 'a:1'], ['n1 0', 'a1 1']],
    ['omits classes without a place', ['a', 'b:0'], ['b1 0']],
    ['is never empty', ['a'], ['n1 ']],
  ];
  for (const [name, texts, expected] of cases) {
    it(name, () => {
      assert.deepEqual(runs(texts), expected);
    });
  }

  it('starts with the larger weight of a mapping', () => {
    assert.deepEqual(runs(['a:0:0', 'b:0:1'], [30, 70]), ['b1 0', 'a1 0']);
  });

  it('is the listed order, for any client and any endpoints', () => {
    assert.deepEqual(
      orderMembers(aggregate(true), [], { places: [] }).map(({ member }) => member),
      ['n', 'a', 'b'],
    );
  });

  it('gives each run its own part of the ranking', () => {
    const { classes, ranking } = ranked(['a:0', 'b:1', 'a:2', 'a', 'a:3']);
    const layout = orderMembers(aggregate(), classes, ranking);
    const tiersOf = (run: number) =>
      rankingOfRun(layout, { member: 'a', run }, classes, ranking).places.map((place) => place?.tier);
    assert.deepEqual(tiersOf(1), [0, undefined, undefined, undefined]);
    assert.deepEqual(tiersOf(2), [undefined, 0, undefined, 1]);
    assert.deepEqual(tiersOf(3), [undefined, undefined, undefined, undefined]);
  });
});
