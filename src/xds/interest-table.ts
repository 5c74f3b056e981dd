/**
 * The interests of one collection, each of them once, and how many of them name a name: the first and the last are told to
 * the provider.
 */
import { addDigest } from './digest.js';
import { Interest } from './interest.js';
import { keyOfNames } from './name-list.js';
import type { EncodedResource } from './resource.js';
import type { Subscription } from './subscription.js';

export interface InterestHost {
  /** Sequence number of the last change that streams may see. */
  readonly seq: number;
  /** Resources as of `seq`: without the changes of a transaction that is still open. */
  committed(name: string): EncodedResource | undefined;
  committedResources(): Iterable<EncodedResource>;
  /** The first interest in this name arrived, or the last one left. */
  wanted(name: string): void;
  unwanted(name: string): void;
}

export class InterestTable {
  readonly #host: InterestHost;
  readonly #interests = new Set<Interest>();
  /** By key; more than one in a bucket only where two sets of names have the same digest. */
  readonly #buckets = new Map<string, Interest[]>();
  /** How many interests name a name. */
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

  all(): Iterable<Interest> {
    return this.#interests;
  }

  /** The subscription's interest from now on; `namesKey` is `keyOfNames(names)`, where it is known. Its earlier one is released after that, so what both name stays wanted. */
  assign(
    user: Subscription, wildcard: boolean, names: ReadonlySet<string>, before: Interest | undefined, namesKey = keyOfNames(names),
  ): Interest {
    const key = (wildcard ? '*' : '') + namesKey;
    const interest = this.#find(key, wildcard, names) ?? this.#add(key, wildcard, names);
    interest.users.add(user);
    if (before !== undefined && before !== interest) this.release(user, before);
    return interest;
  }

  release(user: Subscription, interest: Interest): void {
    interest.users.delete(user);
    if (interest.users.size > 0 || !this.#interests.delete(interest)) return;
    const bucket = (this.#buckets.get(interest.key) ?? []).filter((other) => other !== interest);
    if (bucket.length > 0) this.#buckets.set(interest.key, bucket);
    else this.#buckets.delete(interest.key);
    for (const name of interest.names) this.#uncount(name);
  }

  #find(key: string, wildcard: boolean, names: ReadonlySet<string>): Interest | undefined {
    return this.#buckets.get(key)?.find((interest) => interest.equals(wildcard, names));
  }

  #add(key: string, wildcard: boolean, names: ReadonlySet<string>): Interest {
    const interest = new Interest(key, wildcard, names, this.#host.seq);
    for (const name of names) this.#count(name);
    for (const resource of this.#covered(interest)) interest.content = addDigest(interest.content, resource.digest);
    this.#interests.add(interest);
    const bucket = this.#buckets.get(interest.key);
    if (bucket === undefined) this.#buckets.set(interest.key, [interest]);
    else bucket.push(interest);
    return interest;
  }

  *#covered(interest: Interest): Generator<EncodedResource, void> {
    if (interest.wildcard) {
      yield* this.#host.committedResources();
      return;
    }
    for (const name of interest.names) {
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
