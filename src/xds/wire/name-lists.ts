/**
 * Long lists of names that came lately, as they stood in a request and as they were read: a fleet that connects asks for the
 * same thousands of names, client by client.
 */
import { Recent, bytesOfNames } from './recent.js';
import { decodeNames } from './names.js';

/** A shorter list is read faster than it is found. */
const MIN_BYTES = 1 << 10;
/** How many lists are remembered, and what they may cost. */
const LIMITS = { maxItems: 8, maxBytes: 16 << 20 };

interface KnownList {
  readonly bytes: Buffer;
  readonly names: readonly string[];
}

export class NameLists {
  /** Held by the names, which live as long as something is made of them. */
  readonly #recent = new Recent<readonly string[], KnownList>(LIMITS);

  /** The lists as bytes, the newest first. */
  *known(): Generator<Buffer, void> {
    for (const { bytes } of this.#recent.items()) yield bytes;
  }

  /** What is remembered costs about so many bytes. */
  get bytes(): number {
    return this.#recent.bytes;
  }

  /** The names in this list; the same array for one that is known. Throws WireError above `limit`. */
  read(bytes: Buffer, limit: number): readonly string[] {
    const known = this.#recent.find((recent) => recent.bytes === bytes);
    if (known !== undefined && known.names.length <= limit) return known.names;
    const names = decodeNames(bytes, limit);
    if (bytes.length >= MIN_BYTES && bytes.length <= LIMITS.maxBytes / 2)
      this.#recent.add(names, { bytes: Buffer.from(bytes), names }, bytes.length + bytesOfNames(names));
    return names;
  }
}
