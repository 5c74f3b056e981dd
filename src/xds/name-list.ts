/**
 * The list of names of a state-of-the-world request, parsed. Clients repeat it with every ACK and many clients send the
 * same one, so it is recognised by its bytes.
 */
import { EMPTY_DIGEST, addDigest, digestOf, formatDigest } from './digest.js';
import { decodeNames } from './wire/request.js';

export const NO_BYTES: Buffer = Buffer.alloc(0);
const WILDCARD = '*';
/** How many lists are remembered, and how long one may be to be remembered. */
const MAX_LISTS = 32;
const MAX_LIST_BYTES = 1 << 20;

export interface NameList {
  /** The `resource_names` fields of the request; a copy. */
  readonly bytes: Buffer;
  /** Whether no name was given at all. */
  readonly empty: boolean;
  /** Whether `*` is among the names. */
  readonly wildcard: boolean;
  /** The names but for `*`. */
  readonly names: ReadonlySet<string>;
  /** `keyOfNames(names)`. */
  readonly key: string;
}

/** Equal for equal sets, and nearly never for unequal ones. */
export function keyOfNames(names: ReadonlySet<string>): string {
  let sum = EMPTY_DIGEST;
  for (const name of names) sum = addDigest(sum, digestOf(name));
  return `${String(names.size)}/${formatDigest(sum)}`;
}

/** The lists seen last. */
export class NameLists {
  readonly #limit: number;
  #recent: NameList[] = [];

  /** `limit`: how many names a list may have. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Throws WireError. */
  parse(bytes: Buffer): NameList {
    const known = this.#recent.find((list) => list.bytes.length === bytes.length && list.bytes.equals(bytes));
    if (known !== undefined) return known;
    const list = parseNameList(bytes, this.#limit);
    if (bytes.length <= MAX_LIST_BYTES) this.#recent = [list, ...this.#recent.slice(0, MAX_LISTS - 1)];
    return list;
  }
}

function parseNameList(bytes: Buffer, limit: number): NameList {
  const names = new Set(decodeNames(bytes, limit));
  const empty = names.size === 0;
  const wildcard = names.delete(WILDCARD);
  return { bytes: Buffer.from(bytes), empty, wildcard, names, key: keyOfNames(names) };
}
