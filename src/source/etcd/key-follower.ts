/**
 * Follows the keys under a prefix: lists them once, then watches. An outage changes nothing: only a complete list or an event removes a key.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../../turns/backoff.js';
import { type EtcdChange, type EtcdEntry, listPrefix } from './client.js';
import type { EtcdConnection } from './connection.js';
import { LostRevision, watchPrefix } from './watch.js';

export interface KeyFollowerOptions {
  readonly prefix: string;
  /** All keys, after each list. If it rejects, the list counts for nothing, and is asked for again. */
  readonly onList: (entries: readonly EtcdEntry[]) => void | Promise<void>;
  /** Changes, in order. */
  readonly onChanges: (changes: readonly EtcdChange[]) => void;
  /** An error, after which the follower waits and tries again; `undefined`: it works again. */
  readonly onProblem: (problem: Error | undefined) => void;
  /** As for a watch and a list. */
  readonly patienceMs?: number;
  readonly pageSize?: number;
}

export class KeyFollower {
  readonly #connection: EtcdConnection;
  readonly #options: KeyFollowerOptions;
  readonly #closing = new AbortController();
  readonly #backoff = new Backoff();
  readonly #aborted: Promise<never>;
  /** Where the next watch begins. `undefined`: list first. */
  #revision: number | undefined;
  #isTroubled = false;

  constructor(connection: EtcdConnection, options: KeyFollowerOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#aborted = new Promise((_resolve, reject) => {
      this.#closing.signal.addEventListener('abort', () => reject(new Error('closed')));
    });
    this.#aborted.catch(() => undefined);
  }

  /** Follows the keys until `close`. Never rejects. */
  async run(): Promise<void> {
    while (!this.#isClosed()) {
      try {
        const next = this.#revision === undefined ? this.#list() : this.#watch(this.#revision);
        // A frozen server must not delay the end.
        await Promise.race([next, this.#aborted]);
      } catch (error) {
        if (!this.#isClosed()) await this.#recover(error);
      }
    }
    await this.#connection.abandon();
  }

  close(): void {
    this.#closing.abort();
  }

  #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  async #list(): Promise<void> {
    const { prefix, onList, pageSize } = this.#options;
    const { entries, revision } = await listPrefix(
      this.#connection,
      prefix,
      pageSize === undefined ? {} : { pageSize },
    );
    if (this.#isClosed()) return;
    await onList(entries);
    this.#works();
    this.#revision = revision;
  }

  async #watch(after: number): Promise<void> {
    const { prefix, patienceMs, onChanges } = this.#options;
    await watchPrefix(this.#connection, {
      prefix,
      after,
      signal: this.#closing.signal,
      ...(patienceMs !== undefined && { patienceMs }),
      onStart: () => this.#works(),
      onChanges: (changes, revision) => {
        this.#revision = revision;
        onChanges(changes);
      },
    });
  }

  #works(): void {
    this.#backoff.reset();
    if (!this.#isTroubled) return;
    this.#isTroubled = false;
    this.#options.onProblem(undefined);
  }

  async #recover(error: unknown): Promise<void> {
    if (error instanceof LostRevision) this.#revision = undefined;
    else {
      this.#isTroubled = true;
      this.#options.onProblem(error instanceof Error ? error : new Error(String(error)));
    }
    const { signal } = this.#closing;
    await sleep(this.#backoff.next(), undefined, { signal }).catch(() => undefined);
  }
}
