/** Host aliases: the failover hostnames beside those of the user. */
import assert from 'node:assert/strict';
import { hostAliases } from './host-aliases.js';

const LOOPBACK = '127.0.0.1';

function wanted(...hostnames: readonly string[]): readonly { readonly hostname: string; readonly address: string }[] {
  return hostnames.map((hostname) => ({ hostname, address: LOOPBACK }));
}

describe('hostAliases', () => {
  it('adds the hostnames in an entry of their own', () => {
    const own = { ip: '10.0.0.1', hostnames: ['db'] };
    const { added, entries } = hostAliases([own], {}, wanted('a.global', 'b.global'));
    assert.deepEqual(entries, [own, { ip: LOOPBACK, hostnames: ['a.global', 'b.global'] }]);
    assert.deepEqual(added, { [LOOPBACK]: ['a.global', 'b.global'] });
  });

  it('adds them to the entry of the user that has their address, because an address may have only one', () => {
    const { added, entries } = hostAliases(
      [{ ip: LOOPBACK, hostnames: ['own', 'a.global'] }],
      {},
      wanted('a.global', 'b.global'),
    );
    assert.deepEqual(entries, [{ ip: LOOPBACK, hostnames: ['own', 'a.global', 'b.global'] }]);
    assert.deepEqual(added, { [LOOPBACK]: ['b.global'] });
  });

  it('removes what it has added and is not wanted any more, and nothing of the user', () => {
    const current = [
      { ip: LOOPBACK, hostnames: ['own', 'old.global', 'a.global'] },
      { ip: '127.0.0.2', hostnames: ['old.global'] },
      { ip: '10.0.0.1', hostnames: ['old.global'] },
    ];
    const before = { [LOOPBACK]: ['old.global', 'a.global'], '127.0.0.2': ['old.global'] };
    const { added, entries } = hostAliases(current, before, wanted('a.global'));
    assert.deepEqual(entries, [{ ip: LOOPBACK, hostnames: ['own', 'a.global'] }, current[2]]);
    assert.deepEqual(added, { [LOOPBACK]: ['a.global'] });
  });

  it('leaves a hostname to the user who maps it to another address', () => {
    const own = { ip: '10.0.0.1', hostnames: ['a.global'] };
    const { added, entries, taken } = hostAliases([own], {}, wanted('a.global', 'b.global'));
    assert.deepEqual(entries, [own, { ip: LOOPBACK, hostnames: ['b.global'] }]);
    assert.deepEqual(added, { [LOOPBACK]: ['b.global'] });
    assert.deepEqual(taken, [{ hostname: 'a.global', address: '10.0.0.1' }]);
  });

  it('has nothing without hostnames', () => {
    assert.deepEqual(hostAliases(undefined, {}, []), { added: {}, entries: [], taken: [] });
  });
});
