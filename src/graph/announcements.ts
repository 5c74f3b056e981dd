/**
 * Notifies listeners of changed rows, each once for each change. A listener may change rows again. Listeners that still wait are then
 * notified first, and see the newest rows.
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

  /** Records that the cell's row has changed. */
  add(cell: Cell): void {
    for (const listener of itemsOf(cell.listeners)) this.#listeners.add(listener);
  }

  /** Follows a table for a listener. The returned function stops that. */
  watch(followers: Follower[], listener: (changes: Changes) => void): () => void {
    const watcher = new Watcher(listener);
    followers.push(watcher);
    this.#watchers.add(watcher);
    return () => {
      if (this.#watchers.delete(watcher)) followers.splice(followers.indexOf(watcher), 1);
    };
  }

  /** Notifies all listeners, including those of changes that listeners make. Returns the errors that listeners threw. */
  tell(): readonly unknown[] {
    if (this.#telling) return []; // the outer call also notifies of the new changes
    this.#telling = true;
    const errors: unknown[] = [];
    do this.#tellListeners(errors);
    while (this.#tellWatcher(errors));
    this.#telling = false;
    return errors;
  }

  /** In the order of the changes. The loop also reaches listeners that are added while it runs. */
  #tellListeners(errors: unknown[]): void {
    for (const listener of this.#listeners) {
      this.#listeners.delete(listener);
      tell(listener, errors);
    }
  }

  /** Notifies one watcher only, because it may change rows that listeners wait for. Returns whether there was one. */
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
