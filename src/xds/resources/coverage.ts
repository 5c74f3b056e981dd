/**
 * What a request makes a subscription cover. Many clients change theirs alike and at the same time, so the last few results
 * are kept: equal coverages are then one object, and comparing them is free.
 */
import { type Digest, EMPTY_DIGEST, addDigest, digestOf, formatDigest, subtractDigest } from '../protocol/digest.js';
import { TooManyNames, decodeNames } from '../wire/names.js';
import type { DeltaDiscoveryRequest } from '../wire/request.js';
import { canonicalNames } from '../protocol/xdstp-name.js';
import { Recent, bytesOfNames } from '../wire/recent.js';
import { NameSet } from './name-set.js';

export const NO_NAMES: ReadonlySet<string> = new Set();
export const NO_BYTES: Buffer = Buffer.alloc(0);
const WILDCARD = '*';
/** How many results of each kind are remembered, and what they may cost. */
const LIMITS = { maxItems: 32, maxBytes: 16 << 20 };

export interface Coverage {
  readonly wildcard: boolean;
  /** What is named one by one, in canonical form; `*` is not among it. */
  readonly names: ReadonlySet<string>;
  /** Sum over the digests of the names: equal for equal sets, and nearly never for unequal ones. */
  readonly digest: Digest;
  /** What the names cost in memory, about. */
  readonly bytes: number;
}

export const NOTHING: Coverage = { wildcard: false, names: NO_NAMES, digest: EMPTY_DIGEST, bytes: 0 };

export const EVERYTHING: Coverage = { wildcard: true, names: NO_NAMES, digest: EMPTY_DIGEST, bytes: 0 };

/**
 * Bytes that each subscribed name costs beyond `Coverage.bytes`: its entries in the counts of a collection and of a provider, and what
 * a provider keeps to set it as soon as it exists. Measured with names that do not exist, where they are counted at their most expensive.
 */
const NAME_ROWS = 800;
/** How often the characters of a name are stored: in the set, and in the keys of a provider. */
const NAME_COPIES = 3;

/** What a subscription to this makes the server remember, in bytes, about: an upper estimate, for limits. */
export function rememberedBytes({ names, bytes }: Coverage): number {
  return NAME_COPIES * bytes + NAME_ROWS * names.size;
}

/** Equal for equal coverages, and nearly never for unequal ones. */
export function coverageKey({ wildcard, names, digest }: Coverage): string {
  return `${wildcard ? '*' : ''}${names.size}/${formatDigest(digest)}`;
}

export function equalCoverage(one: Coverage, other: Coverage): boolean {
  if (one.wildcard !== other.wildcard || one.names.size !== other.names.size) return false;
  if (one.names === other.names) return true;
  for (const name of one.names) if (!other.names.has(name)) return false;
  return true;
}

/** The names of a state-of-the-world request. */
export interface NameList {
  /** The `resource_names` fields of the request; a copy. */
  readonly bytes: Buffer;
  /** Whether no name was given at all. */
  readonly empty: boolean;
  readonly coverage: Coverage;
}

/** What becomes of a coverage by an incremental request, or by a list of names. */
export interface Transition {
  readonly coverage: Coverage;
  /** Names that must be answered, changed or not. */
  readonly answers: ReadonlySet<string>;
  /** Names that are new, and names that were left. */
  readonly added: readonly string[];
  readonly unsubscribed: readonly string[];
}

interface Remembered {
  readonly before: Coverage;
  readonly subscribe: readonly string[];
  readonly unsubscribe: readonly string[];
  readonly all: boolean;
  readonly transition: Transition;
}

interface Replacement {
  readonly before: Coverage;
  readonly transition: Transition;
}

export class Coverages {
  readonly #limit: number;
  /** Held by the bytes, which subscriptions compare their next request with. */
  readonly #lists = new Recent<Buffer, NameList>(LIMITS);
  /** Held by the larger coverage of the two, which an interest has. */
  readonly #deltas = new Recent<Coverage, Remembered>(LIMITS);
  readonly #replacements = new Recent<Coverage, Replacement>(LIMITS);

  /** `limit`: how many names a subscription may have. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** What is remembered costs about so many bytes. */
  get bytes(): number {
    return this.#lists.bytes + this.#deltas.bytes + this.#replacements.bytes;
  }

  /** The list with these bytes. Throws WireError. */
  list(bytes: Buffer): NameList {
    const known = this.#lists.find((list) => list.bytes.length === bytes.length && list.bytes.equals(bytes));
    if (known !== undefined) return known;
    const list = parseList(bytes, this.#limit);
    this.#lists.add(list.bytes, list, bytes.length + list.coverage.bytes);
    return list;
  }

  /** State of the world: `after` takes the place of `before`. */
  replace(before: Coverage, after: Coverage): Transition {
    const known = this.#replacements.find((item) => item.before === before && item.transition.coverage === after);
    if (known !== undefined) return known.transition;
    const added = [...after.names].filter((name) => !before.names.has(name));
    const unsubscribed = [...before.names].filter((name) => !after.names.has(name));
    const transition: Transition = { coverage: after, answers: setOf(added), added, unsubscribed };
    this.#replacements.add(larger(before, after), { before, transition }, before.bytes + after.bytes);
    return transition;
  }

  /** Incremental: a name in both lists is subscribed. `all`: everything, whatever the lists say. Throws WireError. */
  change(before: Coverage, request: DeltaDiscoveryRequest, all: boolean): Transition {
    const subscribe = canonicalNames(request.subscribe);
    const unsubscribe = canonicalNames(request.unsubscribe);
    const known = this.#deltas.find(
      (item) =>
        item.before === before &&
        item.all === all &&
        equalLists(item.subscribe, subscribe) &&
        equalLists(item.unsubscribe, unsubscribe),
    );
    if (known !== undefined) return known.transition;
    const transition = changeOf(before, subscribe, unsubscribe, all);
    if (transition.coverage.names.size > this.#limit) throw new TooManyNames(this.#limit);
    const { coverage } = transition;
    const bytes = costOf(before, coverage) + bytesOfNames(subscribe) + bytesOfNames(unsubscribe);
    this.#deltas.add(larger(before, coverage), { before, subscribe, unsubscribe, all, transition }, bytes);
    return transition;
  }
}

/** What both cost. Where they share their names, that is the stream's own cost and not that of remembering them. */
function costOf(before: Coverage, { names, bytes }: Coverage): number {
  return names instanceof NameSet && names.isNextOf(before.names) ? 0 : before.bytes + bytes;
}

function larger(one: Coverage, other: Coverage): Coverage {
  return one.bytes > other.bytes ? one : other;
}

function parseList(bytes: Buffer, limit: number): NameList {
  const names = new Set(canonicalNames(decodeNames(bytes, limit)));
  const empty = names.size === 0;
  const wildcard = names.delete(WILDCARD);
  return {
    bytes: Buffer.from(bytes),
    empty,
    coverage: { wildcard, names: setOf(names), digest: digestOfNames(names), bytes: bytesOfNames(names) },
  };
}

function changeOf(
  before: Coverage,
  subscribe: readonly string[],
  unsubscribe: readonly string[],
  all: boolean,
): Transition {
  const asked = new Set(subscribe);
  const wildcard = asked.delete(WILDCARD) || all || (before.wildcard && !unsubscribe.includes(WILDCARD));
  const added = [...asked].filter((name) => !before.names.has(name));
  const unsubscribed = [...new Set(unsubscribe)].filter((name) => before.names.has(name) && !asked.has(name));
  const names =
    added.length + unsubscribed.length === 0 ? before.names : NameSet.after(before.names, added, unsubscribed);
  const digest = unsubscribed.reduce((sum, name) => subtractDigest(sum, digestOf(name)), sumOf(before.digest, added));
  const bytes = before.bytes + bytesOfNames(added) - bytesOfNames(unsubscribed);
  // A name that was asked for is answered, even if nothing changed; so is one that was left and may come by the wildcard.
  const answers = asked;
  if (wildcard) for (const name of unsubscribed) answers.add(name);
  return {
    coverage: { wildcard, names: names.size === 0 ? NO_NAMES : names, digest, bytes },
    answers: setOf(answers),
    added,
    unsubscribed,
  };
}

function equalLists(one: readonly string[], other: readonly string[]): boolean {
  return one === other || (one.length === other.length && one.every((name, index) => name === other[index]));
}

function setOf(names: Iterable<string>): ReadonlySet<string> {
  const set = names instanceof Set ? (names as ReadonlySet<string>) : new Set(names);
  return set.size === 0 ? NO_NAMES : set;
}

function digestOfNames(names: Iterable<string>): Digest {
  return sumOf(EMPTY_DIGEST, names);
}

function sumOf(start: Digest, names: Iterable<string>): Digest {
  let sum = start;
  for (const name of names) sum = addDigest(sum, digestOf(name));
  return sum;
}
