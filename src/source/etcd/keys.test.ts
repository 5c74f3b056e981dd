import assert from 'node:assert/strict';
import { etcdPrefix, fileOfKey, keyOfResource, rangeEnd, statusPrefix, writerKey } from './keys.js';

describe('keys in etcd', () => {
  it('name a resource by kind, namespace and name, and by its cluster where every cluster has its own', () => {
    assert.equal(
      keyOfResource({ kind: 'FailoverPolicy', namespace: 'shop', name: 'cart' }),
      'FailoverPolicy/shop/cart',
    );
    assert.equal(keyOfResource({ kind: 'Node', namespace: '', name: 'n', cluster: 'east' }), 'Node/n/east');
    assert.equal(
      keyOfResource({ kind: 'Service', namespace: 'shop', name: 'cart', cluster: 'east' }),
      'Service/shop/cart/east',
    );
  });

  it('of statuses and of their writer are not under the prefix', () => {
    for (const given of ['/lifeboat', '/lifeboat/']) {
      const prefix = etcdPrefix(given);
      assert.equal(prefix, '/lifeboat/');
      assert.deepEqual([statusPrefix(prefix), writerKey(prefix)], ['/lifeboat-status/', '/lifeboat-status-writer']);
      assert.ok(!writerKey(prefix).startsWith(statusPrefix(prefix)));
    }
  });

  it('under a prefix end before the next one', () => {
    assert.equal(rangeEnd('/lifeboat/').toString(), '/lifeboat0');
  });

  it('are names of files in findings', () => {
    assert.deepEqual([fileOfKey('/lifeboat/a'), fileOfKey('a')], ['etcd/lifeboat/a', 'etcd/a']);
  });
});
