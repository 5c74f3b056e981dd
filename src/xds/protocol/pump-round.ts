/** Pumps each stream once for all requests that arrive in one turn of the event loop, so that the order of these requests does not matter. */

export interface Pumped {
  pump(): void;
}

export class PumpRound {
  readonly #streams = new Set<Pumped>();

  /** Pumps the stream at the end of this turn. */
  add(stream: Pumped): void {
    if (this.#streams.size === 0) setImmediate(() => this.#pump());
    this.#streams.add(stream);
  }

  delete(stream: Pumped): void {
    this.#streams.delete(stream);
  }

  #pump(): void {
    const streams = [...this.#streams];
    this.#streams.clear();
    for (const stream of streams) stream.pump();
  }
}
