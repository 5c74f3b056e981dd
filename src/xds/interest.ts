/**
 * What a subscription covers: some names, everything, or both. Streams of one collection that want the same share one
 * Interest, and with it the version they see and the batches made for them.
 */
import type { Batch } from './batch.js';
import { type Digest, EMPTY_DIGEST, addDigest, formatDigest, subtractDigest } from './digest.js';
import type { EncodedResource } from './resource.js';
import type { Subscription } from './subscription.js';

export const NO_NAMES: ReadonlySet<string> = new Set();

export class Interest {
  /** Equal for equal interests, and nearly never for unequal ones. */
  readonly key: string;
  readonly wildcard: boolean;
  readonly names: ReadonlySet<string>;
  readonly users = new Set<Subscription>();
  /** Batches made since the last change that concerns this interest. */
  recent: Batch[] = [];
  /** Sum over the digests of the covered resources that exist. */
  content: Digest = EMPTY_DIGEST;
  /** Sequence number of the last change that concerns this interest, and of the last but one. */
  affectedSeq: number;
  previousSeq: number;
  #version: string | undefined;

  constructor(key: string, wildcard: boolean, names: ReadonlySet<string>, seq: number) {
    this.key = key;
    this.wildcard = wildcard;
    this.names = names;
    this.affectedSeq = seq;
    this.previousSeq = seq;
  }

  covers(name: string): boolean {
    return this.wildcard || this.names.has(name);
  }

  /** The version of all that this interest covers: the same wherever the same resources are covered. */
  get version(): string {
    this.#version ??= formatDigest(this.content);
    return this.#version;
  }

  equals(wildcard: boolean, names: ReadonlySet<string>): boolean {
    if (this.names === names && this.wildcard === wildcard) return true;
    if (this.wildcard !== wildcard || this.names.size !== names.size) return false;
    for (const name of names) if (!this.names.has(name)) return false;
    return true;
  }

  /** A covered resource changed in the transaction with this sequence number. */
  changed(seq: number, before: EncodedResource | undefined, after: EncodedResource | undefined): void {
    if (before !== undefined) this.content = subtractDigest(this.content, before.digest);
    if (after !== undefined) this.content = addDigest(this.content, after.digest);
    this.#version = undefined;
    if (this.affectedSeq === seq) return;
    this.previousSeq = this.affectedSeq;
    this.affectedSeq = seq;
    this.recent = [];
  }
}
