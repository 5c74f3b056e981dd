/**
 * The interests of one collection, without duplicates, and the number of interests in each name. The provider is told of the first interest
 * in a name, and of the end of the last one.
 */
import type { UpdateBatch } from '../batches/batch.js';
import type { AliasIndex } from '../resources/alias-index.js';
import { type Coverage, type Transition, coverageKey, equalCoverage, rememberedBytes } from '../resources/coverage.js';
import { addDigest, subtractDigest } from '../protocol/digest.js';
import { Interest, type InterestUser } from './interest.js';
import type { EncodedResource } from '../resources/resource.js';

export interface InterestHost {
  /** Sequence number of the last committed change. */
  readonly seq: number;
  readonly aliases: AliasIndex;
  /** A resource as of `seq`, without changes of an open transaction. */
  committed(name: string): EncodedResource | undefined;
  committedResources(): Iterable<EncodedResource>;
  /** A name got its first interest, or lost its last one. */
  wanted(name: string): void;
  unwanted(name: string): void;
  /** These batches were made for an interest that nobody has any more. */
  forgotten(batches: readonly UpdateBatch[]): void;
}

export class InterestTable {
  readonly #host: InterestHost;
  readonly #interests = new Set<Interest>();
  /** By key. A bucket has several interests only if different sets of names have the same digest. */
  readonly #buckets = new Map<string, Interest[]>();
  /** The number of interests that contain a name. */
  readonly #counts = new Map<string, number>();

  constructor(host: InterestHost) {
    this.#host = host;
  }

  get size(): number {
    return this.#interests.size;
  }

  get wantedNames(): number {
    return this.#counts.size;
  }

  /** The number of remembered batches. */
  get batches(): number {
    let count = 0;
    for (const { recent } of this.#interests) count += recent.length;
    return count;
  }

  all(): Iterable<Interest> {
    return this.#interests;
  }

  /** Adds the subscription to the interest with this coverage. */
  join(user: InterestUser, coverage: Coverage): Interest {
    return use(user, this.#find(coverage) ?? this.#add(coverage));
  }

  /** Moves the subscription to another interest. The provider is not told about names in both. */
  change(user: InterestUser, before: Interest, { coverage, added, unsubscribed }: Transition): Interest {
    const known = this.#find(coverage);
    if (known === before) return before;
    const alone = before.users.size === 1 && before.wildcard === coverage.wildcard;
    const interest = known ?? (alone ? this.#replace(before, coverage, added, unsubscribed) : this.#add(coverage));
    use(user, interest);
    this.release(user, before);
    return interest;
  }

  release(user: InterestUser, interest: Interest): void {
    if (interest.users.delete(user)) user.host.memory.release(interest);
    if (interest.users.size > 0 || !this.#forget(interest)) return;
    for (const name of interest.names) this.#uncount(name);
  }

  #find(coverage: Coverage): Interest | undefined {
    return this.#buckets.get(coverageKey(coverage))?.find((interest) => equalCoverage(interest.coverage, coverage));
  }

  #add(coverage: Coverage): Interest {
    const interest = new Interest(coverage, this.#host.seq, this.#host.aliases);
    for (const name of coverage.names) this.#count(name);
    for (const resource of this.#covered(coverage)) interest.content = addDigest(interest.content, resource.digest);
    this.#remember(interest);
    return interest;
  }

  /** Replaces the interest of a single subscription. The cost depends on the changed names only. */
  #replace(before: Interest, coverage: Coverage, added: readonly string[], left: readonly string[]): Interest {
    const interest = new Interest(coverage, this.#host.seq, this.#host.aliases);
    interest.content = before.content;
    this.#forget(before);
    for (const name of added) this.#count(name);
    if (!coverage.wildcard) {
      for (const resource of this.#named(added))
        if (!before.covers(resource.name)) interest.content = addDigest(interest.content, resource.digest);
      for (const resource of this.#named(left))
        if (!interest.covers(resource.name)) interest.content = subtractDigest(interest.content, resource.digest);
    }
    for (const name of left) this.#uncount(name);
    this.#remember(interest);
    return interest;
  }

  #remember(interest: Interest): void {
    this.#interests.add(interest);
    const bucket = this.#buckets.get(interest.key);
    if (bucket === undefined) this.#buckets.set(interest.key, [interest]);
    else bucket.push(interest);
  }

  /** Returns false if it was removed before. */
  #forget(interest: Interest): boolean {
    if (!this.#interests.delete(interest)) return false;
    if (interest.recent.length > 0) this.#host.forgotten(interest.recent);
    const bucket = (this.#buckets.get(interest.key) ?? []).filter((other) => other !== interest);
    if (bucket.length > 0) this.#buckets.set(interest.key, bucket);
    else this.#buckets.delete(interest.key);
    return true;
  }

  #covered({ wildcard, names }: Coverage): Iterable<EncodedResource> {
    return wildcard ? this.#host.committedResources() : this.#committed(this.#host.aliases.resolve(names));
  }

  /** The resources with these names. A resource may occur twice, by two aliases. */
  #named(names: readonly string[]): Iterable<EncodedResource> {
    return this.#committed(this.#host.aliases.resolve(new Set(names)));
  }

  *#committed(names: Iterable<string>): Generator<EncodedResource, void> {
    for (const name of names) {
      const resource = this.#host.committed(name);
      if (resource !== undefined) yield resource;
    }
  }

  #count(name: string): void {
    const count = this.#counts.get(name) ?? 0;
    this.#counts.set(name, count + 1);
    if (count === 0) this.#host.wanted(name);
  }

  #uncount(name: string): void {
    const count = this.#counts.get(name) ?? 0;
    if (count > 1) {
      this.#counts.set(name, count - 1);
      return;
    }
    this.#counts.delete(name);
    this.#host.unwanted(name);
  }
}

function use(user: InterestUser, interest: Interest): Interest {
  if (!interest.users.has(user)) user.host.memory.hold(interest, rememberedBytes(interest.coverage));
  interest.users.add(user);
  return interest;
}
