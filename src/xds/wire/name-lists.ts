/**
 * Caches recent long lists of names, encoded and decoded. When a fleet connects, each client asks for the same thousands of names.
 */
import { Recent, bytesOfNames } from './recent.js';
import { decodeNames } from './names.js';

/** Decoding a shorter list is faster than finding it in the cache. */
const MIN_BYTES = 1 << 10;
/** Limits of the number of cached lists, and of their size. */
const LIMITS = { maxItems: 8, maxBytes: 16 << 20 };

interface KnownList {
  readonly bytes: Buffer;
  readonly names: readonly string[];
}

export class NameLists {
  /** The holder of a list is the decoded list, so the list is cached while somebody uses it. */
  readonly #recent = new Recent<readonly string[], KnownList>(LIMITS);

  /** The encoded lists, the newest first. */
  *known(): Generator<Buffer, void> {
    for (const { bytes } of this.#recent.items()) yield bytes;
  }

  /** An estimate of the size of the cache. */
  get bytes(): number {
    return this.#recent.bytes;
  }

  /** The names in the list. The same array for a cached list. @throws WireError for more than `limit` names. */
  read(bytes: Buffer, limit: number): readonly string[] {
    const known = this.#recent.find((recent) => recent.bytes === bytes);
    if (known !== undefined && known.names.length <= limit) return known.names;
    const names = decodeNames(bytes, limit);
    if (bytes.length >= MIN_BYTES && bytes.length <= LIMITS.maxBytes / 2)
      this.#recent.add(names, { bytes: Buffer.from(bytes), names }, bytes.length + bytesOfNames(names));
    return names;
  }
}
