/** An observed row, and the listener that is notified of its changes. Keeps the row's cell while it is open. */
import { hasItem, withItem, withoutItem } from './small-set.js';
import type { Cell, Listener } from './table.js';
import type { Wave } from './wave.js';

/** A row that is being watched. */
export interface Observation<Row> {
  /** The row as it is now; `undefined` once closed. */
  readonly row: Row | undefined;
  /** Stops watching. The row is forgotten if nobody else needs it. */
  close(): void;
}

export class CellObservation<Row> implements Observation<Row>, Listener {
  readonly #wave: Wave;
  readonly #cell: Cell;
  readonly #listener: (row: Row | undefined, key: string) => void;

  constructor(wave: Wave, cell: Cell, listener: (row: Row | undefined, key: string) => void) {
    this.#wave = wave;
    this.#cell = cell;
    this.#listener = listener;
    cell.listeners = withItem<Listener>(cell.listeners, this);
  }

  get row(): Row | undefined {
    return this.#open ? (this.#cell.row as Row | undefined) : undefined;
  }

  tell(): void {
    if (this.#open) this.#listener(this.row, this.#cell.key);
  }

  close(): void {
    this.#wave.checkIdle();
    if (!this.#open) return;
    this.#cell.listeners = withoutItem<Listener>(this.#cell.listeners, this);
    this.#wave.release(this.#cell);
    this.#wave.collect();
  }

  get #open(): boolean {
    return hasItem<Listener>(this.#cell.listeners, this);
  }
}
