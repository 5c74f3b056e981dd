/**
 * The interest of subscriptions of one collection: the resources that they cover. Streams with the same coverage share an interest, and so
 * the version of its content and its batches.
 */
import { type AliasIndex, aliasKeysOf } from '../resources/alias-index.js';
import type { UpdateBatch } from '../batches/batch.js';
import { type Coverage, coverageKey } from '../resources/coverage.js';
import { type Digest, EMPTY_DIGEST, addDigest, formatDigest, subtractDigest } from '../protocol/digest.js';
import type { EncodedResource } from '../resources/resource.js';
import type { Covering } from '../holdings/covering.js';
import { NO_EXCEPTIONS } from '../holdings/exception.js';
import type { Standing } from '../holdings/standing.js';

/** Names that are due for all streams with one standing. */
interface Demand {
  readonly names: ReadonlySet<string>;
  /** One less than the sequence number that makes them due. */
  readonly from: number;
  /** The key of the interest until now. */
  readonly before: string;
}

interface KnownDemand extends Demand {
  readonly seq: number;
  readonly result: Standing;
}

/** Limit of remembered demands between two changes. */
const MAX_DEMANDS = 8;
/** Limit of sets for which the covered names are remembered. */
const MAX_COVERED = 4;

interface Covered {
  /** Weak, so that remembering does not keep the set in memory. */
  readonly of: WeakRef<ReadonlySet<string>>;
  readonly names: ReadonlySet<string>;
}

/** The part of a subscription that its interest and its collection use. */
export interface InterestUser {
  readonly host: SubscriptionHost;
  /** While the subscription is behind: the sequence number of the state that its client holds. Otherwise Infinity. */
  readonly behindSince: number;
  /** The state at this sequence number was sent, but may not be answered. */
  readonly sentSince: number;
  /** The sequence numbers of its standing, now and after the response in flight is answered. */
  positions(): Iterable<number>;
}

/** Counts what a stream makes the server remember. */
export interface InterestMemory {
  /** Throws StreamError if so many bytes instead of `replaced` ones are too much for one stream. */
  require(bytes: number, replaced: number): void;
  hold(item: object, bytes: number): void;
  release(interest: Interest): void;
}

/** The stream that a subscription belongs to. */
export interface SubscriptionHost {
  /** Pays for what it subscribes to. */
  readonly memory: InterestMemory;
  /** Something changed: send what may be sent. */
  pump(): void;
  /** The stream is too far behind to be brought up to date, and must end. */
  tooFarBehind(): void;
}

export class Interest implements Covering {
  readonly coverage: Coverage;
  readonly key: string;
  readonly users = new Set<InterestUser>();
  /** Batches made since the last change of this interest. */
  recent: UpdateBatch[] = [];
  /** Sum of the digests of the covered resources that exist. */
  content: Digest = EMPTY_DIGEST;
  /** Sequence numbers of the last change that affects this interest, and of the one before. */
  affectedSeq: number;
  previousSeq: number;
  readonly #aliases: AliasIndex;
  #version: string | undefined;
  #demands: readonly KnownDemand[] = [];
  #covered: readonly Covered[] = [];

  constructor(coverage: Coverage, seq: number, aliases: AliasIndex) {
    this.#aliases = aliases;
    this.coverage = coverage;
    this.key = coverageKey(coverage);
    this.affectedSeq = seq;
    this.previousSeq = seq;
  }

  get wildcard(): boolean {
    return this.coverage.wildcard;
  }

  get names(): ReadonlySet<string> {
    return this.coverage.names;
  }

  /** Whether it covers the resource of this name. */
  covers(name: string): boolean {
    return this.coverage.wildcard || this.namesResource(name);
  }

  /**
   * The covered ones of these names. The same object for the same set, so that streams that are sent the same share everything that is derived
   * from it.
   */
  coveredOf(names: ReadonlySet<string>): ReadonlySet<string> {
    if (this.coverage.wildcard) return names;
    // With aliases, the result depends on the resources too.
    if (!this.#aliases.empty) return intersection(names, this);
    const known = this.#covered.find(({ of }) => of.deref() === names);
    if (known !== undefined) return known.names;
    const covered = intersection(names, this);
    this.#covered = [{ of: new WeakRef(names), names: covered }, ...this.#covered.slice(0, MAX_COVERED - 1)];
    return covered;
  }

  /** Whether it names this resource, by the resource's name or by an alias. */
  namesResource(name: string): boolean {
    return this.coverage.names.has(name) || this.#aliases.matches(name, this.coverage.names);
  }

  /** Whether it covers this version of a resource, which may have had other aliases. */
  coversVersion(resource: EncodedResource): boolean {
    const { wildcard, names } = this.coverage;
    return wildcard || names.has(resource.name) || aliasKeysOf(resource).some((key) => names.has(key));
  }

  /** The version of all covered resources. Equal interests with equal resources have the same version. */
  get version(): string {
    this.#version ??= formatDigest(this.content);
    return this.#version;
  }

  /** A covered resource changed in the transaction with this sequence number. `before` and `after` are `undefined` if not covered. */
  changed(seq: number, before: EncodedResource | undefined, after: EncodedResource | undefined): void {
    if (before !== undefined) this.content = subtractDigest(this.content, before.digest);
    if (after !== undefined) this.content = addDigest(this.content, after.digest);
    this.#version = undefined;
    this.touched(seq);
  }

  /** The standing with these names due. Made once for all streams with the same standing and demand. */
  demanded(standing: Standing, demand: Demand, make: () => Standing): Standing {
    if (standing.exceptions !== NO_EXCEPTIONS) return make();
    const { seq } = standing;
    const known = this.#demands.find((other) => other.seq === seq && isSameDemand(other, demand));
    if (known !== undefined) return known.result;
    const result = make();
    this.#demands = [{ ...demand, seq, result }, ...this.#demands.slice(0, MAX_DEMANDS - 1)];
    return result;
  }

  /** At this sequence number, a covered name may show another version. */
  touched(seq: number): void {
    this.recent = [];
    this.#demands = [];
    if (this.affectedSeq === seq) return;
    this.previousSeq = this.affectedSeq;
    this.affectedSeq = seq;
  }
}

function isSameDemand(one: Demand, other: Demand): boolean {
  return one.names === other.names && one.from === other.from && one.before === other.before;
}

function intersection(names: ReadonlySet<string>, interest: Pick<Interest, 'covers'>): ReadonlySet<string> {
  const covered = [...names].filter((name) => interest.covers(name));
  return covered.length === names.size ? names : new Set(covered);
}
