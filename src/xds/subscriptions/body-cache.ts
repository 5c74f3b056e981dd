/** Bodies of chunks, made once and kept while they are likely to be sent again, within a budget of bytes. */
import { type Chunk, encodeBody } from './response.js';

export class BodyCache {
  readonly #budget: number;
  readonly #bodies = new Map<Chunk, Buffer>();
  #bytes = 0;

  /** `budget` in bytes; the newest body is kept whatever its size. */
  constructor(budget: number) {
    this.#budget = budget;
  }

  get bytes(): number {
    return this.#bytes;
  }

  bodyOf(chunk: Chunk): Buffer {
    const known = this.#bodies.get(chunk);
    if (known !== undefined) return known;
    const body = encodeBody(chunk);
    this.#bodies.set(chunk, body);
    this.#bytes += body.length;
    this.#evict(chunk);
    return body;
  }

  clear(): void {
    this.#bodies.clear();
    this.#bytes = 0;
  }

  #evict(kept: Chunk): void {
    for (const [chunk, body] of this.#bodies) {
      if (this.#bytes <= this.#budget || chunk === kept) return;
      this.#bodies.delete(chunk);
      this.#bytes -= body.length;
    }
  }
}
