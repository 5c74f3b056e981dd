/**
 * Who is to be told of changed rows, and in which order. What a listener does may change rows again; those who wait to be told
 * are told first, of the rows as they are by then, and each once.
 */
import { itemsOf } from './small-set.js';
import type { Cell, Follower, Listener } from './table.js';

type Changes = ReadonlyMap<string, unknown>;

/** Gathers the changes of one table until its listener is notified. */
class Watcher implements Follower, Listener {
  #changes = new Map<string, unknown>();
  readonly #listener: (changes: Changes) => void;

  constructor(listener: (changes: Changes) => void) {
    this.#listener = listener;
  }

  get waiting(): boolean {
    return this.#changes.size > 0;
  }

  sourceChanged(key: string, _before: unknown, after: unknown): void {
    this.#changes.set(key, after);
  }

  tell(): void {
    const changes = this.#changes;
    this.#changes = new Map();
    this.#listener(changes);
  }
}

export class Announcements {
  readonly #listeners = new Set<Listener>();
  readonly #watchers = new Set<Watcher>();
  #telling = false;

  /** The cell's row has changed. */
  add(cell: Cell): void {
    for (const listener of itemsOf(cell.listeners)) this.#listeners.add(listener);
  }

  /** Follows a table for a listener, until the function given back is called. */
  watch(followers: Follower[], listener: (changes: Changes) => void): () => void {
    const watcher = new Watcher(listener);
    followers.push(watcher);
    this.#watchers.add(watcher);
    return () => {
      if (this.#watchers.delete(watcher)) followers.splice(followers.indexOf(watcher), 1);
    };
  }

  /** Tells everybody, those too who have to be told because of what a listener did. Gives back what listeners threw. */
  tell(): readonly unknown[] {
    if (this.#telling) return []; // the call further up the stack goes on with what is new
    this.#telling = true;
    const errors: unknown[] = [];
    do this.#tellListeners(errors);
    while (this.#tellWatcher(errors));
    this.#telling = false;
    return errors;
  }

  /** In the order in which the rows changed; the loop reaches those too who are added while it runs. */
  #tellListeners(errors: unknown[]): void {
    for (const listener of this.#listeners) {
      this.#listeners.delete(listener);
      tell(listener, errors);
    }
  }

  /** One at a time, as it may change rows that listeners wait for. Whether there was one. */
  #tellWatcher(errors: unknown[]): boolean {
    for (const watcher of this.#watchers) {
      if (!watcher.waiting) continue;
      tell(watcher, errors);
      return true;
    }
    return false;
  }
}

function tell(listener: Listener, errors: unknown[]): void {
  try {
    listener.tell();
  } catch (error) {
    errors.push(error);
  }
}
