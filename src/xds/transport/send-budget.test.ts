/** The budget of unsent bytes: who waits, who goes next, and who makes room. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type BudgetedCall, SendBudget } from './send-budget.js';

class Call implements BudgetedCall {
  readonly #budget: SendBudget;
  readonly #waiting: number[] = [];
  readonly sent: number[] = [];
  unsentSince: number | undefined;
  cuts = 0;

  constructor(budget: SendBudget) {
    this.#budget = budget;
    budget.add(this);
  }

  get waitingBytes(): number {
    return this.#waiting.reduce((sum, bytes) => sum + bytes, 0);
  }

  get unsent(): number {
    return this.sent.reduce((sum, bytes) => sum + bytes, 0);
  }

  write(bytes: number, unreadMs = 60_000): void {
    if (this.#budget.take(bytes)) {
      this.sent.push(bytes);
      return;
    }
    this.#waiting.push(bytes);
    this.#budget.wait(this, unreadMs);
  }

  admitted(): void {
    this.sent.push(...this.#waiting.splice(0));
  }

  /** The client has read the oldest. */
  read(): void {
    const bytes = this.sent.shift();
    if (bytes !== undefined) this.#budget.give(bytes);
  }

  close(): void {
    this.#waiting.length = 0;
    this.#budget.give(this.unsent);
    this.sent.length = 0;
    this.#budget.delete(this);
  }

  cutOff(): void {
    this.cuts += 1;
    this.close();
  }
}

describe('budget of unsent bytes', () => {
  it('admits waiting calls in the order of arrival', () => {
    const budget = new SendBudget(10);
    const [one, two, three] = [new Call(budget), new Call(budget), new Call(budget)];
    one.write(8);
    two.write(5);
    // It would fit, but has come later.
    three.write(1);
    assert.deepEqual([one.sent, two.sent, three.sent, budget.waiting], [[8], [], [], 2]);
    one.read();
    assert.deepEqual([two.sent, three.sent, budget.bytes, budget.waiting], [[5], [1], 6, 0]);
  });

  it('admits a single message that is larger than the limit', () => {
    const budget = new SendBudget(10);
    const [one, other] = [new Call(budget), new Call(budget)];
    one.write(50);
    other.write(1);
    assert.deepEqual([one.sent, other.sent], [[50], []]);
    one.read();
    assert.deepEqual([other.sent, budget.bytes], [[1], 1]);
  });

  it('forgets a call that ends while it waits', () => {
    const budget = new SendBudget(10);
    const [one, two, three] = [new Call(budget), new Call(budget), new Call(budget)];
    one.write(8);
    two.write(8);
    three.write(2);
    two.close();
    assert.deepEqual([three.sent, budget.bytes, budget.waiting], [[2], 10, 0]);
  });

  it('cuts off only the call that does not read while others wait', async () => {
    const budget = new SendBudget(10);
    const [stuck, reading, waiting] = [new Call(budget), new Call(budget), new Call(budget)];
    stuck.write(8);
    stuck.unsentSince = performance.now();
    reading.write(2);
    reading.unsentSince = Infinity;
    const admitted = new Promise<void>((resolve) => {
      waiting.admitted = () => resolve();
    });
    waiting.write(5, 5);
    // The budget's timer does not keep the process alive; this one does.
    const alive = setInterval(() => undefined, 1_000);
    await admitted;
    clearInterval(alive);
    assert.deepEqual([stuck.cuts, reading.cuts, waiting.cuts], [1, 0, 0]);
  });

  it('is never exceeded by more than one message, and admits all calls in the end', () => {
    const step = fc.record({
      call: fc.nat(4),
      what: fc.constantFrom('write', 'write', 'read', 'close'),
      bytes: fc.integer({ min: 1, max: 15 }),
    });
    fc.assert(
      fc.property(fc.array(step, { size: 'max', maxLength: 100 }), (steps) => {
        const budget = new SendBudget(20);
        const calls = Array.from({ length: 5 }, () => new Call(budget));
        for (const { call: number, what, bytes } of steps) {
          const call = calls[number]!;
          if (what === 'write') call.write(bytes);
          else if (what === 'read') call.read();
          else {
            call.close();
            calls[number] = new Call(budget);
          }
          const unsent = calls.map((each) => each.unsent);
          assert.equal(
            budget.bytes,
            unsent.reduce((sum, each) => sum + each, 0),
          );
          // What one call writes beyond that waits, and goes as a whole where nobody else holds anything.
          assert.ok(budget.bytes <= 20 || unsent.filter((each) => each > 0).length === 1);
        }
        for (const _ of steps) for (const call of calls) call.read();
        assert.deepEqual([budget.bytes, budget.waiting], [0, 0]);
      }),
    );
  });
});
