/**
 * The coverage of a subscription after a request. Many clients send the same requests at the same time, so recent results are cached. Equal
 * coverages are then one object and quick to compare.
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
/** Limits of the number of cached results of each kind, and of their size. */
const LIMITS = { maxItems: 32, maxBytes: 16 << 20 };

export interface Coverage {
  readonly wildcard: boolean;
  /** The subscribed names in canonical form, without `*`. */
  readonly names: ReadonlySet<string>;
  /** Sum of the digests of the names. Equal for equal sets, and almost never for others. */
  readonly digest: Digest;
  /** An estimate of the size of the names, in bytes. */
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

/** An entry of a set, in bytes. */
const SET_ENTRY = 48;

/** What the set itself takes, in bytes, about: for one that is kept and not subscribed to. */
export function bytesOfCoverage({ names, bytes }: Coverage): number {
  return bytes + SET_ENTRY * names.size;
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
  /** The encoded `resource_names` fields of the request; a copy. */
  readonly bytes: Buffer;
  /** Whether the list contains no name. */
  readonly empty: boolean;
  readonly coverage: Coverage;
}

/** The effect of a request on a coverage. */
export interface Transition {
  readonly coverage: Coverage;
  /** Names that must be sent, changed or not. */
  readonly answers: ReadonlySet<string>;
  /** Added names, and removed names. */
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
  /** The holder is the encoded list, which subscriptions store for comparison with the next request. */
  readonly #lists = new Recent<Buffer, NameList>(LIMITS);
  /** The holder is the larger one of the two coverages, which an interest stores. */
  readonly #deltas = new Recent<Coverage, Remembered>(LIMITS);
  readonly #replacements = new Recent<Coverage, Replacement>(LIMITS);

  /** `limit`: maximum number of names in a subscription. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** An estimate of the size of the caches, in bytes. */
  get bytes(): number {
    return this.#lists.bytes + this.#deltas.bytes + this.#replacements.bytes;
  }

  /** The list with these bytes. @throws WireError for invalid bytes or too many names. */
  list(bytes: Buffer): NameList {
    const known = this.#lists.find((list) => list.bytes.length === bytes.length && list.bytes.equals(bytes));
    if (known !== undefined) return known;
    const list = parseList(bytes, this.#limit);
    this.#lists.add(list.bytes, list, bytes.length + list.coverage.bytes);
    return list;
  }

  /** State of the world: replaces the coverage. */
  replace(before: Coverage, after: Coverage): Transition {
    const known = this.#replacements.find((item) => item.before === before && item.transition.coverage === after);
    if (known !== undefined) return known.transition;
    const added = [...after.names].filter((name) => !before.names.has(name));
    const unsubscribed = [...before.names].filter((name) => !after.names.has(name));
    const transition: Transition = { coverage: after, answers: setOf(added), added, unsubscribed };
    this.#replacements.add(larger(before, after), { before, transition }, before.bytes + after.bytes);
    return transition;
  }

  /** Incremental: adds and removes names. A name in both lists is added. `all`: subscribes to everything. @throws WireError for too many names. */
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

/** The size of both. Names that both share count once, as a cost of the stream. */
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
  // A requested name must be answered, even if unchanged. So must a removed name that the wildcard still covers.
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
