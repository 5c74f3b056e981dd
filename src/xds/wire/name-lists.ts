/**
 * Long lists of names that came lately, as they stood in a request and as they were read: a fleet that connects asks for the
 * same thousands of names, client by client.
 */
import { decodeNames } from './request.js';

/** How many lists are remembered, and bytes of those that are worth it. */
const MAX_RECENT = 8;
const MIN_BYTES = 1 << 10;
const MAX_BYTES = 1 << 20;

interface Recent {
  readonly bytes: Buffer;
  readonly names: readonly string[];
}

export class NameLists {
  #recent: readonly Recent[] = [];

  /** The lists as bytes, the newest first. */
  *known(): Generator<Buffer, void> {
    for (const { bytes } of this.#recent) yield bytes;
  }

  /** The names in this list; the same array for one that is known. Throws WireError above `limit`. */
  read(bytes: Buffer, limit: number): readonly string[] {
    const known = this.#recent.find((recent) => recent.bytes === bytes);
    if (known !== undefined && known.names.length <= limit) return known.names;
    const names = decodeNames(bytes, limit);
    if (bytes.length >= MIN_BYTES && bytes.length <= MAX_BYTES) this.#remember({ bytes: Buffer.from(bytes), names });
    return names;
  }

  #remember(list: Recent): void {
    this.#recent = [list, ...this.#recent.slice(0, MAX_RECENT - 1)];
  }
}
