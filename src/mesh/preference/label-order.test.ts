import assert from 'node:assert/strict';
import { labelKeyOrder, labelValueOrder } from './label-order.js';
import type { EndpointClass, Order } from './order.js';

function endpoints(labels: Readonly<Record<string, string>>, place = '', cluster = ''): EndpointClass {
  const [region = '', zone = '', subZone = ''] = place.split('/');
  return { locality: { region, zone, subZone }, cluster, labels };
}

function inOrder(order: Order, classes: Readonly<Record<string, EndpointClass>>): readonly string[] {
  const tier = (of: EndpointClass): number => order.preferenceOf(of)?.tier ?? Infinity;
  return Object.entries(classes)
    .sort(([, a], [, b]) => tier(a) - tier(b))
    .map(([name]) => name);
}

describe('labelKeyOrder', () => {
  const keys = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone', 'tier'];
  const order = labelKeyOrder(endpoints({ tier: 'gold' }, 'r1/z1'), keys);

  it('orders by the number of equal leading labels', () => {
    const tiers = [
      endpoints({ tier: 'gold' }, 'r1/z1'),
      endpoints({}, 'r1/z1'),
      endpoints({ tier: 'gold' }, 'r1/z2'),
      endpoints({ tier: 'gold' }, 'r2/z1'),
    ].map((of) => order.preferenceOf(of)?.tier);
    assert.deepEqual(tiers, [0, 1, 2, 3]);
  });

  it('treats a label that is missing on both sides as equal', () => {
    assert.equal(labelKeyOrder(endpoints({}), ['version']).preferenceOf(endpoints({}))?.tier, 0);
    assert.equal(labelKeyOrder(endpoints({}), ['version']).preferenceOf(endpoints({ version: 'v1' }))?.tier, 1);
  });

  it('compares the cluster', () => {
    const near = labelKeyOrder(endpoints({}, '', 'east'), ['topology.istio.io/cluster']);
    assert.deepEqual(
      [near.preferenceOf(endpoints({}, '', 'east'))?.tier, near.preferenceOf(endpoints({}, '', 'west'))?.tier],
      [0, 1],
    );
  });

  it('puts other networks last and compares further labels there', () => {
    const network = 'topology.istio.io/network';
    const across = labelKeyOrder(endpoints({ [network]: 'n1' }, 'r1'), [network, 'topology.kubernetes.io/region']);
    const classes = {
      'other network, other region': endpoints({ [network]: 'n2' }, 'r2'),
      'other network, same region': endpoints({ [network]: 'n2' }, 'r1'),
      'same network, other region': endpoints({ [network]: 'n1' }, 'r2'),
      'same network, same region': endpoints({ [network]: 'n1' }, 'r1'),
    };
    assert.deepEqual(inOrder(across, classes), Object.keys(classes).reverse());
  });
});

describe('labelValueOrder', () => {
  it('gives the order of the documentation: v1 in a, v1, v4 in a, v4, a, the rest', () => {
    const order = labelValueOrder([
      { key: 'version', value: 'v1' },
      { key: 'version', value: 'v4' },
      { key: 'topology.istio.io/subzone', value: 'a' },
    ]);
    const classes = {
      rest: endpoints({ version: 'v2' }, 'r/z/b'),
      a: endpoints({ version: 'v2' }, 'r/z/a'),
      v4: endpoints({ version: 'v4' }, 'r/z/b'),
      'v4 in a': endpoints({ version: 'v4' }, 'r/z/a'),
      v1: endpoints({ version: 'v1' }, 'r/z/b'),
      'v1 in a': endpoints({ version: 'v1' }, 'r/z/a'),
    };
    assert.deepEqual(inOrder(order, classes), Object.keys(classes).reverse());
    const tiers = new Set(Object.values(classes).map((of) => order.preferenceOf(of)?.tier));
    assert.equal(tiers.size, 6, 'no two of them share a tier');
  });

  it('prefers more leading matches over more matches', () => {
    const order = labelValueOrder(['a', 'b', 'c'].map((key) => ({ key, value: '1' })));
    const classes = { 'b and c': endpoints({ b: '1', c: '1' }), 'a only': endpoints({ a: '1' }) };
    assert.deepEqual(inOrder(order, classes), ['a only', 'b and c']);
  });
});
