/**
 * An election among the control planes of an etcd: whoever creates the key holds it, with a lease, until it ends or the lease expires. What the
 * holder writes must be guarded by the key, so that a holder that was suspended cannot write after another one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type EtcdGuard, commitChanges } from './client.js';
import type { EtcdConnection } from './connection.js';
import { grantLease, keepLease, revokeLease } from './lease.js';

/** Seconds after which the key of a holder that has died is free. */
const LEASE_SECONDS = 10;

export interface ElectionOptions {
  readonly key: string;
  /** Who this is, for people who look at the key. */
  readonly identity: string;
  /** Whether this one holds the key. Called when it changes. */
  readonly onHolding: (holds: boolean) => void;
  /** An error, after which it is tried again; `undefined`: it works again. */
  readonly onProblem: (problem: Error | undefined) => void;
  /** Default: {@link LEASE_SECONDS}. */
  readonly leaseSeconds?: number;
}

export class Election {
  readonly #connection: EtcdConnection;
  readonly #options: Required<ElectionOptions>;
  readonly #closing = new AbortController();
  #lease: number | undefined;
  #guard: EtcdGuard | undefined;
  /** When the lease expires if it is not kept alive, in milliseconds of `performance.now`. */
  #expiry = 0;

  constructor(connection: EtcdConnection, options: ElectionOptions) {
    this.#connection = connection;
    this.#options = { leaseSeconds: LEASE_SECONDS, ...options };
  }

  /** The condition of everything that the holder writes. `undefined`: this one does not hold the key. */
  get guard(): EtcdGuard | undefined {
    return performance.now() < this.#expiry ? this.#guard : undefined;
  }

  /** A guarded write was refused: somebody else holds the key, or nobody. */
  lost(): void {
    this.#release();
  }

  /** Takes part until `close`. Never rejects. */
  async run(): Promise<void> {
    const { signal } = this.#closing;
    const { leaseSeconds, onProblem } = this.#options;
    while (!signal.aborted) {
      try {
        await this.#step();
        onProblem(undefined);
      } catch (error) {
        // Whether the key was created may not be known. Without its lease it goes.
        if (this.guard === undefined) this.#release();
        onProblem(error instanceof Error ? error : new Error(String(error)));
      }
      // Several chances within the lease, not at the same time as others.
      const wait = leaseSeconds * 1000 * (0.2 + Math.random() * 0.1);
      await sleep(wait, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** Gives the key up, so that another one need not wait for the lease. */
  async close(): Promise<void> {
    this.#closing.abort();
    const lease = this.#lease;
    this.#release();
    if (lease !== undefined) await revokeLease(this.#connection, lease).catch(() => undefined);
  }

  async #step(): Promise<void> {
    const { key, identity, leaseSeconds, onHolding } = this.#options;
    const asked = performance.now();
    if (this.#lease === undefined) this.#lease = await grantLease(this.#connection, leaseSeconds);
    else if ((await keepLease(this.#connection, this.#lease)) === 0) {
      this.#release();
      return;
    }
    this.#expiry = asked + leaseSeconds * 1000;
    const lease = this.#lease;
    if (this.#guard !== undefined || this.#isClosed()) return;
    const change = { key, value: Buffer.from(identity), lease };
    const createRevision = await commitChanges(this.#connection, [change], { key, createRevision: 0 });
    if (createRevision === undefined || this.#isClosed()) return;
    this.#guard = { key, createRevision };
    onHolding(true);
  }

  #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  #release(): void {
    const held = this.#guard !== undefined;
    this.#guard = undefined;
    this.#lease = undefined;
    if (held) this.#options.onHolding(false);
  }
}
