/**
 * Follows the objects of one kind on one API server: lists them once, then watches. An outage changes nothing: only a complete list or an event
 * removes an object.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, GONE } from '../../api-server/client/api-error.js';
import { Backoff } from '../../turns/backoff.js';
import type { KubeCollection, KubeObject, ListPage, WatchEvent } from './api.js';

/** Objects in one page of a list. */
const PAGE_SIZE = 500;
/** Seconds after which a watch ends and the next one begins, at random between these. */
const WATCH_SECONDS = { least: 120, most: 180 } as const;
/** Milliseconds that a server may be late with the end of a watch, or take for a page, before it counts as frozen. */
const PATIENCE_MS = 30_000;

export interface ReflectorOptions {
  /**
   * All objects, after each list. Those that it lacks do not exist. Nothing else is reported until it resolves. If it rejects, the list counts
   * for nothing, and is asked for again.
   */
  readonly onList: (objects: readonly KubeObject[]) => void | Promise<void>;
  readonly onChange: (object: KubeObject) => void;
  readonly onDelete: (object: KubeObject) => void;
  /** An error, after which the reflector waits and tries again; `undefined`: it works again. */
  readonly onProblem: (problem: Error | undefined) => void;
  /** Default: {@link PAGE_SIZE}. */
  readonly pageSize?: number;
  /** Milliseconds before a server that says nothing counts as frozen. Default: {@link PATIENCE_MS}. */
  readonly patienceMs?: number;
  /** Waits between two attempts. Default: a timer. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Between 0 and 1. Default: `Math.random`. */
  readonly random?: () => number;
}

/** The server said nothing for too long, so it may be frozen. */
export class FrozenServer extends Error {
  override readonly name = 'FrozenServer';
}

export class Reflector {
  readonly #collection: KubeCollection;
  readonly #options: Required<ReflectorOptions>;
  readonly #closing = new AbortController();
  readonly #backoff: Backoff;
  /** Where the next watch begins. `undefined`: list first. */
  #version: string | undefined;
  #troubled = false;

  constructor(collection: KubeCollection, options: ReflectorOptions) {
    const { pageSize = PAGE_SIZE, patienceMs = PATIENCE_MS, random = Math.random } = options;
    const wait = options.wait ?? ((ms, signal) => sleep(ms, undefined, { signal }));
    this.#collection = collection;
    this.#options = { ...options, pageSize, patienceMs, random, wait };
    this.#backoff = new Backoff(random);
  }

  /** Follows the objects until `close`. Never rejects. */
  async run(): Promise<void> {
    while (!this.#isClosed()) {
      try {
        await (this.#version === undefined ? this.#list() : this.#watch(this.#version));
      } catch (error) {
        if (!this.#isClosed()) await this.#recover(error);
      }
    }
  }

  close(): void {
    this.#closing.abort();
  }

  #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  async #list(): Promise<void> {
    const { pageSize: limit, patienceMs, onList } = this.#options;
    const objects: KubeObject[] = [];
    let page: ListPage | undefined;
    do {
      const query = { limit, ...(page?.next !== undefined && { after: page.next }) };
      page = await this.#unlessFrozen(patienceMs, (signal) => this.#collection.list(query, signal));
      objects.push(...page.items);
    } while (page.next !== undefined);
    await onList(objects);
    this.#works();
    this.#version = page.resourceVersion;
  }

  async #watch(resourceVersion: string): Promise<void> {
    const { random, patienceMs } = this.#options;
    const { least, most } = WATCH_SECONDS;
    const timeoutSeconds = Math.round(least + random() * (most - least));
    await this.#unlessFrozen(timeoutSeconds * 1000 + patienceMs, (signal) =>
      this.#collection.watch({ resourceVersion, timeoutSeconds }, (event) => this.#take(event), signal),
    );
    // A watch that ended at once, as at a proxy that allows none, would begin again and again.
    if (this.#version === resourceVersion) await this.#pause();
    else this.#works();
  }

  #take(event: WatchEvent): void {
    if (this.#closing.signal.aborted) return;
    if (event.type === 'ERROR') throw new ApiError(event.object.code ?? 500, event.object.message ?? 'an error');
    this.#works();
    this.#version = event.object.metadata.resourceVersion ?? this.#version;
    if (event.type === 'DELETED') this.#options.onDelete(event.object);
    else if (event.type !== 'BOOKMARK') this.#options.onChange(event.object);
  }

  #works(): void {
    this.#backoff.reset();
    if (!this.#troubled) return;
    this.#troubled = false;
    this.#options.onProblem(undefined);
  }

  async #recover(error: unknown): Promise<void> {
    const problem = error instanceof Error ? error : new Error(String(error));
    const isGone = problem instanceof ApiError && problem.status === GONE;
    if (isGone) this.#version = undefined;
    else {
      this.#troubled = true;
      this.#options.onProblem(problem);
    }
    await this.#pause(problem instanceof ApiError ? problem.retryAfterMs : undefined);
  }

  /** Waits until the next attempt, at least `least` milliseconds. */
  async #pause(least = 0): Promise<void> {
    const { signal } = this.#closing;
    await this.#options.wait(Math.max(least, this.#backoff.next()), signal).catch(() => undefined);
  }

  /** Aborts the action after this time: a frozen server keeps its connections open. */
  async #unlessFrozen<Result>(ms: number, action: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const frozen = new FrozenServer(`no answer for ${Math.round(ms / 1000)} s`);
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(frozen), ms);
    const signal = AbortSignal.any([this.#closing.signal, timeout.signal]);
    try {
      return await action(signal);
    } catch (error) {
      throw timeout.signal.aborted ? frozen : error;
    } finally {
      clearTimeout(timer);
    }
  }
}
