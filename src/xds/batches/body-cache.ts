/**
 * Caches encoded bodies of chunks while they may be sent again: up to a number of bytes, and only as long as another object refers to the
 * chunk. The size includes removed names, of which a client may ask for any number.
 */
import { type Chunk, encodeBody } from './response.js';

interface Cached {
  readonly chunk: WeakRef<Chunk>;
  readonly bytes: number;
}

interface Body {
  readonly body: Buffer;
  readonly cached: Cached;
}

export class BodyCache {
  readonly #budget: number;
  #bodies = new WeakMap<Chunk, Body>();
  /** The oldest first. */
  readonly #order = new Set<Cached>();
  readonly #collected = new FinalizationRegistry<Cached>((cached) => this.#forget(cached));
  #bytes = 0;

  /** `budget`: size in bytes. The newest body is always cached. */
  constructor(budget: number) {
    this.#budget = budget;
  }

  get bytes(): number {
    return this.#bytes;
  }

  bodyOf(chunk: Chunk): Buffer {
    const known = this.#bodies.get(chunk);
    if (known !== undefined) return known.body;
    const body = encodeBody(chunk);
    this.#keep(chunk, body);
    return body;
  }

  /** These are not sent any more: what was made for a view and a set of names goes with the last stream that has them. */
  dropBatches(batches: readonly { readonly chunks: readonly Chunk[] }[]): void {
    for (const { chunks } of batches) for (const chunk of chunks) this.#drop(chunk);
  }

  /** The body does not wait for the garbage collector. */
  #drop(chunk: Chunk): void {
    for (const form of [chunk, chunk.timed]) {
      const known = form && this.#bodies.get(form);
      if (known !== undefined) this.#forget(known.cached);
    }
  }

  clear(): void {
    this.#bodies = new WeakMap();
    this.#order.clear();
    this.#bytes = 0;
  }

  #keep(chunk: Chunk, body: Buffer): void {
    const newest = { chunk: new WeakRef(chunk), bytes: body.length };
    this.#bodies.set(chunk, { body, cached: newest });
    this.#order.add(newest);
    this.#collected.register(chunk, newest);
    this.#bytes += body.length;
    for (const cached of this.#order) {
      if (this.#bytes <= this.#budget || cached === newest) return;
      this.#forget(cached);
    }
  }

  /** Does nothing if it was removed before. */
  #forget(cached: Cached): void {
    if (!this.#order.delete(cached)) return;
    this.#bytes -= cached.bytes;
    const chunk = cached.chunk.deref();
    if (chunk !== undefined) this.#bodies.delete(chunk);
  }
}
