/** When renewals are due, by a clock of the test's own. */
import assert from 'node:assert/strict';
import { resource } from '../../testing/xds/server.js';
import { Coverages, NOTHING } from '../resources/coverage.js';
import { Renewals } from './renewals.js';
import { Subscription, UNLIMITED } from '../subscriptions/subscription.js';
import { CLUSTER_LOAD_ASSIGNMENT as EDS } from '../protocol/type-urls.js';
import { EffectiveView } from '../holdings/effective-view.js';
import { NONE_REJECTED, Verdicts } from '../holdings/verdicts.js';
import { VersionedCollection } from '../subscriptions/versioned-collection.js';
import { encodeRequest } from '../../testing/xds/client-wire.js';
import { decodeDiscoveryRequest } from '../wire/request.js';

describe('renewals', () => {
  let subscription: Subscription;
  let renewals: Renewals;

  /** The client accepted resources with these times to live at time 0. */
  function accept(ttls: Readonly<Record<string, number>>): void {
    const collection = new VersionedCollection(EDS, '', {
      maxTombstones: 0,
      transaction: (change) => change(),
      staged: () => undefined,
      forgotten: () => undefined,
    });
    collection.opened = { close: () => undefined };
    for (const [name, ttlMs] of Object.entries(ttls)) collection.set(resource(EDS, name, '1', { ttlMs }));
    collection.commit(1, new Set());
    const view = new EffectiveView('', new Verdicts(10));
    subscription = new Subscription(
      EDS,
      'delta',
      { collection, view },
      {
        memory: { require: () => undefined, hold: () => undefined, release: () => undefined },
        pump: () => undefined,
        tooFarBehind: () => undefined,
      },
    );
    const { names } = decodeDiscoveryRequest(encodeRequest('sotw', { typeUrl: EDS, resourceNames: Object.keys(ttls) }));
    const coverages = new Coverages(100);
    const transition = coverages.replace(NOTHING, coverages.list(names).coverage);
    subscription.subscribe(transition, { again: true, mustAnswer: false });
    const batch = subscription.next(UNLIMITED, NONE_REJECTED, 1e6);
    assert.ok(batch);
    renewals = new Renewals(true);
    renewals.accepted(subscription, { nonce: '1', batch, index: 0, sentAt: 0 });
  }

  function take(now: number, maxBytes = 1e6): readonly string[] {
    return (renewals.take(subscription, now, maxBytes)?.resources ?? []).map(({ name }) => name);
  }

  it('rule 85: are due after half of the TTL, and not before', () => {
    accept({ a: 100 });
    assert.equal(renewals.nextDue, 50);
    assert.deepEqual([take(49), take(50), take(51), take(99), take(100)], [[], ['a'], [], [], ['a']]);
  });

  it('rule 85: follow a late one after half of the TTL, without a second one', () => {
    accept({ a: 100 });
    assert.deepEqual([take(300), take(349), take(350)], [['a'], [], ['a']]);
  });

  it('rule 85: are due for each resource separately', () => {
    accept({ a: 100, b: 300 });
    assert.deepEqual([take(50), take(100), take(150)], [['a'], ['a'], ['a', 'b']]);
  });

  it('rule 85: wait while a response is in flight', () => {
    accept({ a: 100 });
    subscription.exchange.renewed('2', 0);
    assert.equal(renewals.nextDue, undefined);
    subscription.exchange.renewalOver();
    assert.equal(renewals.nextDue, 50);
  });

  it('rule 85: that do not fit into one response are due in the next at once', () => {
    accept(Object.fromEntries(['a', 'b', 'c'].map((name) => [name, 100])));
    assert.deepEqual([take(50, 100), take(50, 100), take(50, 100)].flat().sort(), ['a', 'b', 'c']);
    assert.deepEqual(take(50, 100), []);
  });
});
