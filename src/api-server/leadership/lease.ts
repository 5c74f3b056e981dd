/**
 * The Lease that one of several replicas holds, and with it the right to write. As client-go elects leaders, it compares no clocks: a
 * replica takes the Lease when it has not seen it change for the time that the Lease is valid.
 * https://kubernetes.io/docs/concepts/architecture/leases/
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, CONFLICT } from '../client/api-error.js';
import type { LeaseObject, LeaseStore } from './lease-store.js';

/** Seconds that a Lease is valid after its renewal. Nobody else takes it before. */
const VALID_SECONDS = 15;
/** Milliseconds after the begin of the last renewal at which the holder stops writing. The rest is for what is on its way. */
const HOLD_MS = 10_000;
/** Milliseconds between two attempts to renew or take the Lease, and a fifth more at random. */
const RETRY_MS = 2_000;

export interface LeadershipOptions {
  /** Names this replica: unique among all that use the Lease. */
  readonly identity: string;
  /** Called when this replica begins or ceases to hold the Lease. */
  readonly onChange: (isLeader: boolean) => void;
  /** Called with the reason when the Lease cannot be read or written, and with `undefined` when it can again. */
  readonly onProblem: (problem: Error | undefined) => void;
  /** Monotonic milliseconds. Default: `performance.now`. */
  readonly now?: () => number;
  /** Waits between two attempts. Default: a timer. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

export class Leadership {
  readonly #store: LeaseStore;
  readonly #options: Required<LeadershipOptions>;
  readonly #closing = new AbortController();
  /** The Lease as it was seen last, and when it was seen so first. */
  #seen: { readonly version: string; readonly at: number } | undefined;
  #heldUntil = -Infinity;
  #wasLeader = false;
  #isTroubled = false;

  constructor(store: LeaseStore, options: LeadershipOptions) {
    const wait = options.wait ?? ((ms, signal) => sleep(ms, undefined, { signal, ref: false }));
    this.#store = store;
    this.#options = { now: () => performance.now(), ...options, wait };
  }

  /** Milliseconds for which this replica may still write; 0 or less: it may not. */
  get remainingMs(): number {
    return this.#heldUntil - this.#options.now();
  }

  /** Tries to hold the Lease until `close`. Then it releases it, so that another replica need not wait. Never rejects. */
  async run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.#attempt();
      this.#tell();
      await this.#options.wait(RETRY_MS * (1 + Math.random() / 5), signal).catch(() => undefined);
      this.#tell();
    }
    await this.#release();
  }

  close(): void {
    this.#closing.abort();
  }

  async #attempt(): Promise<void> {
    const begun = this.#options.now();
    try {
      const lease = await this.#store.read(AbortSignal.timeout(HOLD_MS / 2));
      if (lease === undefined) await this.#store.create(this.#specFor(undefined), AbortSignal.timeout(HOLD_MS / 2));
      else if (this.#mayTake(lease))
        await this.#store.update(lease, this.#specFor(lease), AbortSignal.timeout(HOLD_MS / 2));
      else {
        this.#heldUntil = -Infinity;
        this.#works();
        return;
      }
      this.#heldUntil = begun + HOLD_MS;
      this.#works();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Another replica may have written first, which is no problem. */
  #fail(error: unknown): void {
    if (error instanceof ApiError && error.status === CONFLICT) return;
    this.#isTroubled = true;
    this.#options.onProblem(error instanceof Error ? error : new Error(String(error)));
  }

  #works(): void {
    if (!this.#isTroubled) return;
    this.#isTroubled = false;
    this.#options.onProblem(undefined);
  }

  #mayTake({ metadata, spec }: LeaseObject): boolean {
    const version = metadata.resourceVersion;
    const now = this.#options.now();
    if (this.#seen?.version !== version) this.#seen = { version, at: now };
    if (spec.holderIdentity === this.#options.identity || !spec.holderIdentity) return true;
    return now - this.#seen.at > (spec.leaseDurationSeconds ?? VALID_SECONDS) * 1000;
  }

  #specFor(before: LeaseObject | undefined): LeaseObject['spec'] {
    const { identity } = this.#options;
    // Microseconds, as the API demands them.
    const time = new Date().toISOString().replace('Z', '000Z');
    const isMine = before?.spec.holderIdentity === identity;
    return {
      holderIdentity: identity,
      leaseDurationSeconds: VALID_SECONDS,
      acquireTime: (isMine ? before.spec.acquireTime : undefined) ?? time,
      renewTime: time,
      leaseTransitions: (before?.spec.leaseTransitions ?? 0) + (before === undefined || isMine ? 0 : 1),
    };
  }

  #tell(): void {
    const isLeader = this.remainingMs > 0;
    if (isLeader === this.#wasLeader) return;
    this.#wasLeader = isLeader;
    this.#options.onChange(isLeader);
  }

  async #release(): Promise<void> {
    const held = this.remainingMs;
    this.#heldUntil = -Infinity;
    this.#tell();
    if (held <= 0) return;
    try {
      const signal = AbortSignal.timeout(Math.min(held, RETRY_MS));
      const lease = await this.#store.read(signal);
      if (lease?.spec.holderIdentity !== this.#options.identity) return;
      await this.#store.update(lease, { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1 }, signal);
    } catch {
      // It expires by itself.
    }
  }
}
