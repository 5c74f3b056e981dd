import assert from 'node:assert/strict';
import { encodeRequest } from '../../testing/xds/client-wire.js';
import { CLUSTER_LOAD_ASSIGNMENT } from '../protocol/type-urls.js';
import { NameLists } from './name-lists.js';
import { WireError } from './reader.js';
import { decodeDeltaDiscoveryRequest } from './request.js';

const names = Array.from({ length: 300 }, (_, index) => `cluster-${String(index)}`);

function request(resourceNamesSubscribe: readonly string[]): Buffer {
  return encodeRequest('delta', { typeUrl: CLUSTER_LOAD_ASSIGNMENT, resourceNamesSubscribe });
}

describe('long lists of names', () => {
  it('are decoded once, and are the same array for equal lists', () => {
    const lists = new NameLists();
    const first = decodeDeltaDiscoveryRequest(request(names), 1000, lists).subscribe;
    assert.deepEqual(first, names);
    assert.equal(decodeDeltaDiscoveryRequest(request(names), 1000, lists).subscribe, first);
  });

  it('differ from longer, shorter and other lists', () => {
    const lists = new NameLists();
    decodeDeltaDiscoveryRequest(request(names), 1000, lists);
    for (const other of [
      [...names, 'more'],
      names.slice(0, -1),
      ['other', ...names.slice(1)],
      [...names.slice(0, -1), 'other'],
    ])
      assert.deepEqual(decodeDeltaDiscoveryRequest(request(other), 1000, lists).subscribe, other);
  });

  it('are limited, cached or not', () => {
    const lists = new NameLists();
    decodeDeltaDiscoveryRequest(request(names), 1000, lists);
    assert.throws(() => decodeDeltaDiscoveryRequest(request(names), 299, lists), WireError);
  });
});
