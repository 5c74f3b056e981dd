/** Promise 11: streams beyond the rate wait for their turn. Counted by a clock that the test sets. */
import assert from 'node:assert/strict';
import { HeldMessages, MessageBudget } from '../protocol/held-messages.js';
import { type MessageSink, type MessageStream, STATUS, StreamError } from '../transport/message-stream.js';
import { AdmissionQueue } from './admission-queue.js';

/** A queue with a clock, and streams that write down what happens to them. */
class Timed {
  readonly queue: AdmissionQueue;
  readonly budget: MessageBudget;
  /** Numbers of streams in the order in which they were admitted, with what they were sent since. */
  readonly admitted: string[] = [];
  readonly refused: string[] = [];
  /** Open streams of which the address is charged. */
  counted = 0;
  #now = 0;
  #timer: { readonly at: number; readonly action: () => void } | undefined;
  /** Milliseconds that it takes to begin a stream. */
  openMs = 0;

  constructor(perSecond: number, budgetBytes = 1_000) {
    this.budget = new MessageBudget(budgetBytes);
    this.queue = new AdmissionQueue(perSecond, {
      budget: this.budget,
      now: () => this.#now,
      later: (ms, action) => {
        assert.equal(this.#timer, undefined, 'one timer at a time');
        this.#timer = { at: this.#now + ms, action };
      },
      refused: ({ peer }, { code, limit }) => void this.refused.push(`${peer} ${String(code)} ${String(limit)}`),
      counted: (_peer, waits) => void (this.counted += waits ? 1 : -1),
    });
  }

  come(number: number): MessageSink | undefined {
    const peer = String(number);
    const stream: MessageStream = { peer, write: () => true, end: () => undefined };
    try {
      return this.queue.admit(stream, () => {
        this.#now += this.openMs;
        this.admitted.push(peer);
        return {
          received: (message) => void this.admitted.push(`${peer} received ${message.toString()}`),
          halfClosed: () => void this.admitted.push(`${peer} half-closed`),
          drained: () => undefined,
          closed: () => void this.admitted.push(`${peer} closed`),
        };
      });
    } catch (error) {
      assert.ok(error instanceof StreamError);
      this.refused.push(`${peer} ${String(error.code)} ${String(error.limit)}`);
      return undefined;
    }
  }

  /** Time passes, and no timer runs. */
  stall(ms: number): void {
    this.#now += ms;
  }

  /** Time passes; the timer runs as often as it is due. Returns how many turns there were. */
  pass(ms: number): number {
    const end = this.#now + ms;
    let turns = 0;
    while (this.#timer !== undefined && this.#timer.at <= end) {
      const { at, action } = this.#timer;
      this.#timer = undefined;
      this.#now = Math.max(this.#now, at);
      action();
      turns += 1;
    }
    this.#now = Math.max(this.#now, end);
    return turns;
  }
}

function numbers(from: number, to: number): readonly string[] {
  return Array.from({ length: to - from }, (_, index) => String(from + index));
}

describe('promise 11: streams that come faster than the rate', () => {
  it('are admitted in order, at the rate after a burst of twice as many, and nobody is refused', () => {
    const timed = new Timed(50);
    for (let number = 0; number < 500; number += 1) timed.come(number);
    assert.deepEqual(timed.admitted, numbers(0, 100));
    assert.deepEqual([timed.queue.size, timed.counted], [400, 400]);
    const perSecond = Array.from({ length: 8 }, () => {
      const before = timed.admitted.length;
      timed.pass(1_000);
      return timed.admitted.length - before;
    });
    assert.deepEqual(perSecond, [50, 50, 50, 50, 50, 50, 50, 50]);
    assert.deepEqual(timed.admitted, numbers(0, 500));
    assert.deepEqual([timed.refused, timed.queue.size, timed.counted], [[], 0, 0]);
    assert.equal(timed.pass(60_000), 0, 'no timer is left');
  });

  it('wait as many as are admitted in ten seconds; further ones get UNAVAILABLE', () => {
    const timed = new Timed(5);
    for (let number = 0; number < 63; number += 1) timed.come(number);
    assert.deepEqual([timed.admitted.length, timed.queue.size], [10, 50]);
    const refused = `${String(STATUS.unavailable)} stream-rate`;
    assert.deepEqual(timed.refused, [`60 ${refused}`, `61 ${refused}`, `62 ${refused}`]);
    timed.pass(10_000);
    assert.deepEqual(timed.admitted, numbers(0, 60));
  });

  it('do not overtake each other: who comes while others wait, waits behind them', () => {
    const timed = new Timed(1);
    for (const number of [0, 1, 2]) timed.come(number);
    // There is a place for one, but it was not its turn yet.
    timed.stall(1_500);
    timed.come(3);
    timed.pass(3_000);
    assert.deepEqual(timed.admitted, numbers(0, 4));
  });

  it('have no more than a few milliseconds of a turn', () => {
    const timed = new Timed(1_000);
    for (let number = 0; number < 2_100; number += 1) timed.come(number);
    timed.openMs = 4;
    const before = timed.admitted.length;
    // A pause: the tokens of all that wait are there.
    timed.pass(0);
    const turns = timed.pass(400);
    const admitted = timed.admitted.length - before;
    assert.equal(admitted, 100);
    assert.ok(turns >= admitted / 3, `${String(admitted)} in ${String(turns)} turns`);
  });

  it('keep what they send until then, in order, and bounded in bytes', () => {
    const timed = new Timed(1, 10);
    timed.come(0);
    timed.come(1);
    const [one, two, three] = [timed.come(2), timed.come(3), timed.come(4)];
    const message = Buffer.from('abcd');
    one?.received(message);
    message.write('xxxx');
    one?.received(Buffer.from('ef'));
    one?.halfClosed();
    two?.received(Buffer.from('12345'));
    assert.deepEqual([timed.refused, timed.budget.bytes], [[`3 ${String(STATUS.unavailable)} stream-rate`], 6]);
    three?.received(Buffer.from('1234'));
    three?.closed();
    assert.deepEqual([timed.budget.bytes, timed.queue.size, timed.counted], [6, 1, 1]);
    timed.pass(3_000);
    assert.deepEqual(timed.admitted.slice(2), ['2', '2 received abcd', '2 received ef', '2 half-closed']);
    one?.received(Buffer.from('g'));
    one?.closed();
    assert.deepEqual(timed.admitted.slice(-2), ['2 received g', '2 closed']);
    assert.deepEqual([timed.budget.bytes, timed.queue.size, timed.counted], [0, 0, 0]);
  });

  it('are refused when the server shuts down', () => {
    const timed = new Timed(1);
    for (let number = 0; number < 5; number += 1) timed.come(number)?.received(Buffer.from('a'));
    timed.queue.refuse(new StreamError(STATUS.unavailable, 'the server shuts down'));
    const refused = `${String(STATUS.unavailable)} undefined`;
    assert.deepEqual(timed.refused, [`2 ${refused}`, `3 ${refused}`, `4 ${refused}`]);
    assert.deepEqual([timed.budget.bytes, timed.queue.size, timed.counted], [0, 0, 0]);
    timed.pass(10_000);
    assert.equal(timed.admitted.filter((line) => !line.includes(' ')).length, 2);
  });

  it('without a rate, do not wait at all', () => {
    const timed = new Timed(Infinity);
    for (let number = 0; number < 5_000; number += 1) timed.come(number);
    assert.deepEqual([timed.admitted.length, timed.queue.size], [5_000, 0]);
  });
});

describe('held messages', () => {
  it('are passed on as long as the call goes on, the end of the requests last', () => {
    const held = new HeldMessages(new MessageBudget(100));
    for (const text of ['a', 'b', 'c']) held.keep(Buffer.from(text));
    held.halfClose();
    const got: string[] = [];
    const sink = {
      received: (message: Buffer) => void got.push(message.toString()),
      halfClosed: () => void got.push('end'),
    };
    held.passOn(sink, () => got.length < 2);
    assert.deepEqual(got, ['a', 'b']);
    held.passOn(sink);
    held.passOn(sink);
    assert.deepEqual(got, ['a', 'b', 'c', 'end']);
  });
});
