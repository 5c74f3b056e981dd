/** Replicas and one Lease, with a clock of their own. */
import assert from 'node:assert/strict';
import { ApiError, CONFLICT } from '../client/api-error.js';
import type { LeaseObject, LeaseStore } from './lease-store.js';
import { Leadership } from './lease.js';

/** A Lease in memory, with optimistic locking as an API server has it. */
class MemoryLease implements LeaseStore {
  lease: LeaseObject | undefined;
  isDown = false;
  #version = 0;

  read(): Promise<LeaseObject | undefined> {
    return this.isDown ? Promise.reject(new Error('no answer')) : Promise.resolve(this.lease);
  }

  create(spec: LeaseObject['spec']): Promise<void> {
    return this.#write(undefined, spec);
  }

  update(before: LeaseObject, spec: LeaseObject['spec']): Promise<void> {
    return this.#write(before, spec);
  }

  #write(before: LeaseObject | undefined, spec: LeaseObject['spec']): Promise<void> {
    if (this.isDown) return Promise.reject(new Error('no answer'));
    if (before?.metadata.resourceVersion !== this.lease?.metadata.resourceVersion)
      return Promise.reject(new ApiError(CONFLICT, 'changed'));
    this.#version += 1;
    this.lease = { metadata: { resourceVersion: String(this.#version) }, spec };
    return Promise.resolve();
  }
}

describe('promise 33: the Lease', () => {
  let now = 0;
  let store = new MemoryLease();

  beforeEach(() => {
    now = 0;
    store = new MemoryLease();
  });

  /** A replica whose waits end by `tick`. */
  function replica(identity: string, of: LeaseStore = store) {
    const [changes, problems]: [boolean[], (string | undefined)[]] = [[], []];
    let resume: () => void = () => undefined;
    let waits: () => void = () => undefined;
    const leadership = new Leadership(of, {
      identity,
      onChange: (isLeader) => changes.push(isLeader),
      onProblem: (problem) => problems.push(problem?.message),
      now: () => now,
      wait: (_ms, signal) =>
        new Promise<void>((resolve) => {
          resume = resolve;
          signal.addEventListener('abort', () => resolve());
          waits();
        }),
    });
    const nextWait = (): Promise<void> => new Promise((resolve) => (waits = resolve));
    const begun = nextWait();
    const running = leadership.run();
    return {
      ...{ leadership, changes, problems, begun, running },
      /** The next attempt, to its end. */
      tick: async (): Promise<void> => {
        const next = nextWait();
        resume();
        await next;
      },
    };
  }

  it('is held by the first replica, and renewed', async () => {
    const first = replica('first');
    await first.begun;
    assert.deepEqual([first.changes, first.leadership.remainingMs], [[true], 10_000]);
    const { acquireTime } = store.lease!.spec;
    now = 2_000;
    await first.tick();
    assert.equal(first.leadership.remainingMs, 10_000);
    assert.deepEqual([store.lease!.spec.acquireTime, store.lease!.spec.leaseTransitions], [acquireTime, 0]);
  });

  it('is not taken from its holder, but after it was not renewed for 15 s', async () => {
    const first = replica('first');
    await first.begun;
    const second = replica('second');
    await second.begun;
    now = 15_000;
    await second.tick();
    assert.deepEqual([second.changes, store.lease!.spec.holderIdentity], [[], 'first']);
    now = 15_001;
    await second.tick();
    assert.deepEqual([second.changes, store.lease!.spec.holderIdentity], [[true], 'second']);
    assert.equal(store.lease!.spec.leaseTransitions, 1);
    await first.tick();
    assert.deepEqual(first.changes, [true, false]);
  });

  it('is given up by a holder that cannot renew it, before another may take it', async () => {
    const first = replica('first');
    await first.begun;
    store.isDown = true;
    now = 9_999;
    await first.tick();
    assert.deepEqual([first.changes, first.leadership.remainingMs, first.problems], [[true], 1, ['no answer']]);
    now = 10_000;
    await first.tick();
    assert.deepEqual([first.changes, first.leadership.remainingMs], [[true, false], 0]);
    store.isDown = false;
    await first.tick();
    assert.deepEqual([first.changes, first.problems.at(-1)], [[true, false, true], undefined]);
  });

  it('counts from the begin of a renewal, however late its answer comes', async () => {
    const first = replica('first', {
      read: () => store.read(),
      create: async (spec) => {
        await store.create(spec);
        now = 4_000;
      },
      update: (before, spec) => store.update(before, spec),
    });
    await first.begun;
    assert.equal(first.leadership.remainingMs, 6_000);
  });

  it('is held by one of two that write at once', async () => {
    const [one, other] = [replica('one'), replica('other')];
    await Promise.all([one.begun, other.begun]);
    assert.equal([...one.changes, ...other.changes].length, 1);
    assert.deepEqual([one.problems, other.problems], [[], []]);
  });

  it('is released at the end, so that another need not wait', async () => {
    const first = replica('first');
    await first.begun;
    first.leadership.close();
    await first.running;
    assert.deepEqual([first.changes, store.lease!.spec.holderIdentity], [[true, false], '']);
    const second = replica('second');
    await second.begun;
    assert.deepEqual(second.changes, [true]);
  });
});
