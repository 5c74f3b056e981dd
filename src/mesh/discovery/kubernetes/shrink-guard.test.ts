import assert from 'node:assert/strict';
import fc from 'fast-check';
import { propertyRuns } from '../../../testing/property-runs.js';
import type { ServiceKey } from '../../model/kube-key.js';
import { type RetainedEndpoints, ShrinkGuard } from './shrink-guard.js';

const CART = 'cart' as ServiceKey;
const GRACE = 100;

/** Reports addresses of a slice; `!` before one: it terminates. */
function report(guard: ShrinkGuard, key: string, ...addresses: readonly string[]): void {
  const endpoints = addresses.map((address) =>
    address.startsWith('!')
      ? { addresses: [address.slice(1)], conditions: { terminating: true } }
      : { addresses: [address] },
  );
  const ref = { kind: 'EndpointSlice', namespace: '', name: key };
  guard.report(CART, { key, takesPrecedence: !key.startsWith('legacy') }, { ref, slices: [{ endpoints }] });
}

function lost(retained: RetainedEndpoints | undefined): readonly string[] {
  return (retained?.slices ?? []).flatMap(({ spec }) =>
    (spec?.endpoints ?? []).flatMap(({ addresses = [] }) => addresses),
  );
}

describe('ShrinkGuard', () => {
  const cases: Readonly<
    Record<string, readonly [before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>, string]>
  > = {
    'keeps the only one': [{ a: '1' }, { a: '' }, '1'],
    'keeps what is missing when less than half is left': [{ a: '1 2 3' }, { a: '1' }, '2 3'],
    'lets half of them go': [{ a: '1 2' }, { a: '1' }, ''],
    'counts all slices of a service': [{ a: '1 2', b: '3 4' }, { a: '' }, ''],
    'does not mind that endpoints move to another slice': [{ a: '1 2', b: '3' }, { a: '', b: '1 2 3' }, ''],
    'does not mind that others take their place': [{ a: '1 2' }, { a: '3' }, ''],
    'lets go what has announced that it terminates': [{ a: '1 !2 !3 !4' }, { a: '1' }, ''],
    'does not take an announcement for a loss': [{ a: '1 2 3 4' }, { a: '!1 !2 !3 4' }, ''],
    'keeps those of Endpoints objects': [{ 'legacy-a': '1 2 3' }, { 'legacy-a': '' }, '1 2 3'],
    'ignores Endpoints objects where there are slices': [{ 'legacy-a': '1 2 3', a: '1' }, { 'legacy-a': '' }, ''],
  };
  const put = (guard: ShrinkGuard, slices: Readonly<Record<string, string>>): void => {
    for (const [key, text] of Object.entries(slices)) report(guard, key, ...text.split(' ').filter(Boolean));
  };
  for (const [title, [before, after, expected]] of Object.entries(cases)) {
    it(title, () => {
      const guard = new ShrinkGuard(GRACE);
      put(guard, before);
      assert.equal(guard.settle(0).get(CART), undefined);
      put(guard, after);
      assert.equal(lost(guard.settle(1).get(CART)).join(' '), expected);
    });
  }

  it('counts the time from the loss, however often the rest changes', () => {
    const guard = new ShrinkGuard(GRACE);
    put(guard, { a: '1 2 3 4' });
    guard.settle(0);
    put(guard, { a: '' });
    assert.equal(guard.settle(10).get(CART)?.until, 110);
    put(guard, { a: '5' });
    assert.equal(guard.settle(60).get(CART)?.until, 110);
    assert.deepEqual([guard.next(), guard.settle(109).size], [110, 0]);
    assert.deepEqual([...guard.settle(110)], [[CART, undefined]]);
    assert.equal(guard.next(), undefined);
    put(guard, { a: '' });
    assert.deepEqual(lost(guard.settle(111).get(CART)), ['5']);
  });

  it('believes a deletion at once, also of what it keeps', () => {
    const guard = new ShrinkGuard(GRACE);
    put(guard, { a: '1 2 3' });
    guard.settle(0);
    put(guard, { a: '' });
    assert.equal(lost(guard.settle(0).get(CART)).length, 3);
    guard.withdraw(CART, { key: 'a' });
    assert.deepEqual([...guard.settle(0)], [[CART, undefined]]);
    assert.equal(guard.next(), undefined);
  });

  it('keeps nothing that is there, nothing that was never there, and nothing beyond its time', () => {
    const addresses = fc.uniqueArray(fc.integer({ min: 0, max: 9 }).map(String), { maxLength: 10, size: 'max' });
    const steps = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'legacy-c'), fc.option(addresses), fc.nat(150)), {
      maxLength: 30,
      size: 'max',
    });
    fc.assert(
      fc.property(steps, (changes) => {
        const guard = new ShrinkGuard(GRACE);
        const [now, seen] = [new Map<string, readonly string[]>(), new Set<string>()];
        let time = 0;
        for (const [key, reported, pause] of changes) {
          time += pause;
          if (reported === null) {
            now.delete(key);
            guard.withdraw(CART, { key });
          } else {
            now.set(key, reported);
            for (const address of reported) seen.add(address);
            report(guard, key, ...reported);
          }
          const retained = guard.settle(time).get(CART);
          const slices = [...now].filter(([name]) => name !== 'legacy-c');
          const present = [...new Set((slices.length > 0 ? slices : [...now]).flatMap(([, all]) => all))];
          assert.ok(lost(retained).every((address) => !present.includes(address) && seen.has(address)));
          assert.ok(retained === undefined || (retained.until > time && retained.until <= time + GRACE));
          assert.ok(retained === undefined || present.length * 2 < retained.had);
        }
        assert.ok([...guard.settle(time + GRACE).values()].every((result) => result === undefined));
        assert.equal(guard.next(), undefined);
      }),
      { numRuns: propertyRuns(300) },
    );
  });
});
