/** Each rule, on histories of a few events. */
import assert from 'node:assert/strict';
import type { Happening, HistoryEvent, Mode, SentResource } from '../history/events.js';
import { checkHistory } from './check.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER, ROUTE_CONFIGURATION } from './types.js';

const HOST = 'a.example';

/** The events at 0, 1 000, 2 000 ms and so on, between the start of an Envoy with one stream and a complete end. */
function historyOf(...happenings: readonly Happening[]): readonly HistoryEvent[] {
  const all: readonly Happening[] = [
    { kind: 'proxy', proxy: 'p', up: true },
    { kind: 'stream', stream: 1, proxy: 'p' },
    ...happenings,
    ...(happenings.some(({ kind }) => kind === 'held') ? [] : [held('envoy', {}), held('fresh', {})]),
    { kind: 'end', requests: { p: 10 }, exhausted: { p: 0 } },
  ];
  return all.map((happening, index) => ({ at: index * 1_000, ...happening }));
}

function held(by: 'envoy' | 'fresh', resources: Readonly<Record<string, string>>): Happening {
  return { kind: 'held', proxy: 'p', by, resources };
}

interface Sent {
  readonly mode?: Mode;
  readonly version?: string;
  readonly stream?: number;
  readonly removed?: readonly string[];
}

function sent(typeUrl: string, resources: readonly SentResource[], options: Sent = {}): Happening {
  const { mode = 'sotw', version = '1', stream = 1, removed = [] } = options;
  return { kind: 'response', stream, mode, typeUrl, nonce: 'n', version, resources, removed };
}

function resource(name: string, more: Partial<SentResource> = {}): SentResource {
  return { name, version: '', content: name, ...more };
}

/** A request of this time that failed at the time of the event. */
function failure(sentAt: number): Happening {
  return { kind: 'failure', proxy: 'p', host: `${HOST}:80`, sentAt, reason: '503' };
}

function endpoint(address: string, up: boolean): Happening {
  return { kind: 'endpoint', endpoint: address, up };
}

function found(history: readonly HistoryEvent[]): readonly string[] {
  return checkHistory(history).map(({ rule, text }) => `${rule}: ${text}`);
}

describe('the checker of histories', () => {
  it('finds nothing in a run without faults', () => {
    assert.deepEqual(found(historyOf()), []);
  });

  it('complete: requires an end, Envoys, a comparison and traffic', () => {
    assert.deepEqual(found(historyOf().slice(0, -1)), ['complete: the history has no end']);
    assert.deepEqual(found([{ at: 0, kind: 'end', requests: {}, exhausted: {} }]), ['complete: no Envoy took part']);
    const idle = historyOf({ kind: 'proxy', proxy: 'q', up: true });
    assert.deepEqual(found(idle), ['complete: the configuration of q was not compared', 'complete: q got no request']);
  });

  it('final-state: an Envoy lacks nothing, and holds nothing else', () => {
    const history = historyOf(held('envoy', { a: '1', b: '1', d: '1' }), held('fresh', { b: '2', c: '1', d: '1' }));
    assert.deepEqual(found(history), [
      'final-state: p still holds a',
      'final-state: p holds another b',
      'final-state: p lacks c',
    ]);
  });

  describe('versions', () => {
    const of = (version: string, content: string, mode: Mode): Happening =>
      sent(CLUSTER, [resource('a', { content, ...(mode === 'delta' && { version }) })], { mode, version });

    for (const mode of ['sotw', 'delta'] as const) {
      it(`change with the content (${mode})`, () => {
        assert.deepEqual(found(historyOf(of('1', 'x', mode), of('2', 'y', mode), of('1', 'x', mode))), []);
      });

      it(`do not change without it (${mode})`, () => {
        const [first, ...others] = found(historyOf(of('1', 'x', mode), of('2', 'x', mode)));
        assert.match(first ?? '', /^versions: .* the same content with version 1, then 2$/);
        assert.deepEqual(others, []);
      });

      it(`do not stay when it changes (${mode})`, () => {
        const [first] = found(historyOf(of('1', 'x', mode), of('1', 'y', mode)));
        assert.match(first ?? '', /^versions: .* another content with version 1$/);
      });
    }
  });

  describe('references', () => {
    const route = resource('r', { clusters: ['c'] });

    it('may name what was offered on an earlier stream', () => {
      const again: Happening = { kind: 'stream', stream: 2, proxy: 'p' };
      assert.deepEqual(
        found(historyOf(sent(CLUSTER, [resource('c')]), again, sent(ROUTE_CONFIGURATION, [route], { stream: 2 }))),
        [],
      );
    });

    it('must not name what was not offered, or not since a restart', () => {
      const expected = ['references: p: r names c, which was not offered'];
      assert.deepEqual(found(historyOf(sent(ROUTE_CONFIGURATION, [route]))), expected);
      assert.deepEqual(found(historyOf(sent(LISTENER, [route]), sent(CLUSTER, [resource('c')]))), expected);
      const restarted: Happening[] = [
        { kind: 'proxy', proxy: 'p', up: false },
        { kind: 'stream', stream: 2, proxy: 'p' },
        { kind: 'proxy', proxy: 'p', up: true },
      ];
      const late = sent(ROUTE_CONFIGURATION, [route], { stream: 2 });
      const history = historyOf(sent(CLUSTER, [resource('c')]), ...restarted, late);
      assert.deepEqual(found(history), expected);
    });

    it('do not count on a stream of an Envoy that was stopped', () => {
      const stopped: Happening = { kind: 'proxy', proxy: 'p', up: false };
      const late = sent(ROUTE_CONFIGURATION, [route]);
      assert.deepEqual(found(historyOf(sent(CLUSTER, [resource('c')]), stopped, late)), []);
    });

    it('must not lose their clusters', () => {
      const before = [sent(CLUSTER, [resource('c')]), sent(ROUTE_CONFIGURATION, [route])];
      const expected = ['references: p: c is taken away, and r names it'];
      assert.deepEqual(found(historyOf(...before, sent(CLUSTER, [], { version: '2' }))), expected);
      assert.deepEqual(found(historyOf(...before, sent(CLUSTER, [], { mode: 'delta', removed: ['c'] }))), expected);
      const moved = sent(ROUTE_CONFIGURATION, [resource('r', { content: 'other', clusters: [] })]);
      assert.deepEqual(found(historyOf(...before, moved, sent(CLUSTER, [], { version: '2' }))), []);
    });

    it('do not count when the Envoy has unsubscribed from them', () => {
      const request: Happening = {
        kind: 'request',
        stream: 1,
        typeUrl: ROUTE_CONFIGURATION,
        names: ['other'],
        subscribe: [],
        unsubscribe: [],
        holds: {},
        nonce: 'n',
      };
      const before = [sent(CLUSTER, [resource('c')]), sent(ROUTE_CONFIGURATION, [route])];
      assert.deepEqual(found(historyOf(...before, request, sent(CLUSTER, [], { version: '2' }))), []);
    });
  });

  describe('requests', () => {
    const configured = [
      sent(CLUSTER, [resource('c', { assignment: 'e' })]),
      sent(CLUSTER_LOAD_ASSIGNMENT, [resource('e', { endpoints: ['a:1', 'b:1'] })]),
      sent(ROUTE_CONFIGURATION, [resource('r', { clusters: ['c'], hosts: { [HOST]: ['c'] } })]),
    ];
    /** The time after `configured`. */
    const NOW = 5_000;
    const violation = /^requests: p: a request for a\.example:80 failed, although an endpoint answered/;

    it('must not fail while an endpoint answers', () => {
      const [text, ...others] = found(historyOf(...configured, endpoint('a:1', false), failure(NOW + 900)));
      assert.match(text ?? '', violation);
      assert.deepEqual(others, []);
    });

    it('may fail when no endpoint answers all the time', () => {
      const both = [endpoint('a:1', false), endpoint('b:1', false)];
      assert.deepEqual(found(historyOf(...configured, ...both, failure(NOW + 1_900))), []);
      // One fails, and the other has just recovered.
      const change = [endpoint('a:1', false), endpoint('b:1', false), endpoint('a:1', true), failure(NOW + 2_900)];
      assert.deepEqual(found(historyOf(...configured, ...change)), []);
    });

    it('must not fail long after an endpoint has recovered', () => {
      const change = [endpoint('a:1', false), endpoint('b:1', false), endpoint('a:1', true)];
      const quiet: Happening[] = Array.from({ length: 4 }, () => ({ kind: 'operation', text: '' }));
      assert.match(found(historyOf(...configured, ...change, ...quiet, failure(NOW + 6_900)))[0] ?? '', violation);
    });

    it('may fail after the last permitted retry', () => {
      const history = historyOf(...configured, failure(NOW - 100));
      const exhausted = history.map((event) => (event.kind === 'end' ? { ...event, exhausted: { p: 1 } } : event));
      assert.equal(found(history).length, 1);
      assert.deepEqual(found(exhausted), []);
    });

    it('may fail while their Envoy restarts, and must not fail for want of a route', () => {
      const down: Happening = { kind: 'proxy', proxy: 'p', up: false };
      assert.deepEqual(found(historyOf(...configured, down, failure(NOW + 900))), []);
      assert.match(found(historyOf(failure(1_500)))[0] ?? '', violation);
    });
  });
});
