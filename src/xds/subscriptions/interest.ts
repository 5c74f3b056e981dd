/**
 * The interest of one or many subscriptions of a collection in what they cover. Streams that want the same share one, and
 * with it the version they see and the batches made for them.
 */
import type { AliasIndex } from '../resources/alias-index.js';
import type { Batch } from './batch.js';
import { type Coverage, coverageKey } from '../resources/coverage.js';
import { type Digest, EMPTY_DIGEST, addDigest, formatDigest, subtractDigest } from '../protocol/digest.js';
import type { EncodedResource } from '../resources/resource.js';
import type { Subscription } from './subscription.js';

export class Interest {
  readonly coverage: Coverage;
  readonly key: string;
  readonly users = new Set<Subscription>();
  /** Batches made since the last change that concerns this interest. */
  recent: Batch[] = [];
  /** Sum over the digests of the covered resources that exist. */
  content: Digest = EMPTY_DIGEST;
  /** Sequence number of the last change that concerns this interest, and of the last but one. */
  affectedSeq: number;
  previousSeq: number;
  readonly #aliases: AliasIndex;
  #version: string | undefined;

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

  /** Whether it names this resource itself, by its name or by an alias. */
  namesResource(name: string): boolean {
    return this.coverage.names.has(name) || this.#aliases.matches(name, this.coverage.names);
  }

  /** Whether it covered the resource of this name while that had these further names. */
  coveredBy(name: string, keys: readonly string[]): boolean {
    const { wildcard, names } = this.coverage;
    return wildcard || names.has(name) || keys.some((key) => names.has(key));
  }

  /** The version of all that this interest covers: the same wherever the same resources are covered. */
  get version(): string {
    this.#version ??= formatDigest(this.content);
    return this.#version;
  }

  /** A covered resource changed in the transaction with this sequence number. Undefined for what is not covered. */
  changed(seq: number, before: EncodedResource | undefined, after: EncodedResource | undefined): void {
    this.replaced(before, after);
    if (this.affectedSeq === seq) return;
    this.previousSeq = this.affectedSeq;
    this.affectedSeq = seq;
  }

  /** Something else is shown from now on, of which nobody who is up to date need be told. */
  replaced(before: EncodedResource | undefined, after: EncodedResource | undefined): void {
    if (before !== undefined) this.content = subtractDigest(this.content, before.digest);
    if (after !== undefined) this.content = addDigest(this.content, after.digest);
    this.#version = undefined;
    this.recent = [];
  }
}
