/** Promise 28: whoever has a whole network of addresses counts as one peer. */
import assert from 'node:assert/strict';
import { networkOf } from './peer-network.js';

describe('promise 28: the network of an address', () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    '10.0.0.1': ['10.0.0.1', '::ffff:10.0.0.1', '::ffff:a00:1', '0:0:0:0:0:ffff:10.0.0.1', '::FFFF:10.0.0.1'],
    '10.0.0.2': ['10.0.0.2', '::ffff:10.0.0.2'],
    '2001:db8:1:2::/64': [
      '2001:db8:1:2::',
      '2001:db8:1:2::3',
      '2001:DB8:1:2:ffff:ffff:ffff:ffff',
      '2001:0db8:0001:0002:a:b:c:d',
      '2001:db8:1:2::10.0.0.1',
    ],
    '2001:db8:1:3::/64': ['2001:db8:1:3::1'],
    '2001:db8:0:0::/64': ['2001:db8::1', '2001:db8:0:0:1::'],
    '0:0:0:0::/64': ['::2'],
    'fe80:0:0:0::/64%eth0': ['fe80::1%eth0', 'fe80::2%eth0'],
    'fe80:0:0:0::/64%eth1': ['fe80::1%eth1'],
    '::1': ['::1'],
    unknown: ['unknown'],
    '': [''],
  };
  for (const [network, addresses] of Object.entries(cases))
    it(`is ${network || 'nothing'} for ${addresses.join(' ')}`, () => {
      assert.deepEqual(
        addresses.map(networkOf),
        addresses.map(() => network),
      );
    });
});
