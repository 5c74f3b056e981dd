/**
 * Isolates NACKs: a resource that one client rejected is not sent to clients that do not have it yet. Their views show the last
 * version that some client accepted. Knows names and versions, and no streams.
 */
import type { EncodedResource } from '../resources/resource.js';
import type { Chunk } from '../batches/response.js';
import type { Nack } from '../holdings/exception.js';
import { type Verdict, Verdicts } from '../holdings/verdicts.js';
import type { VersionedCollection } from '../subscriptions/versioned-collection.js';
import { MAX_ID_BYTES, printable } from '../wire/words.js';
import { linesAbout, speaksOfHost } from './nack-attribution.js';

/** A version of a resource that a client rejected, and that is still the newest. */
export interface RejectedResource {
  readonly typeUrl: string;
  readonly name: string;
  readonly version: string;
  /** The view of the client that rejected it first. */
  readonly view: string;
  /** The client's words. */
  readonly message: string;
  /** `node.id` of the client that rejected it first; at most 256 bytes of it. */
  readonly nodeId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface NackIsolationHost {
  /** Collections of this type, of all views. */
  collectionsOf(typeUrl: string): readonly VersionedCollection[];
  /** Runs a change in a transaction, the open one if there is one. */
  transaction(change: () => void): void;
  /** Views that show this name decide anew. */
  reconsider(resource: EncodedResource): void;
  rejected(resource: RejectedResource): void;
  released(resource: RejectedResource): void;
}

/** A client that rejects something. */
export interface RejectingClient {
  /** The same client has the same one when it comes back. */
  readonly identity: string;
  readonly nodeId: string;
  readonly view: string;
}

export class NackIsolation {
  readonly verdicts = new Verdicts();
  readonly #host: NackIsolationHost;
  /** Verdicts about versions that are the newest in some collection. */
  readonly #current = new Map<Verdict, RejectedResource>();
  /** What was said of versions first; also of those that are in no collection now. */
  readonly #first = new WeakMap<Verdict, RejectedResource>();

  constructor(host: NackIsolationHost) {
    this.#host = host;
  }

  /** How many rejected resources there are at the moment. */
  get size(): number {
    return this.#current.size;
  }

  all(): readonly RejectedResource[] {
    return [...this.#current.values()];
  }

  /** A client accepted this response: from now on its versions are ones to go back to. */
  accepted(chunk: Chunk): void {
    const vindicated = this.verdicts.accept(chunk);
    if (vindicated.length === 0) return;
    this.#host.transaction(() => {
      for (const resource of vindicated) this.#host.reconsider(resource);
    });
  }

  /** A client rejected these. What speaks of its own host counts for its stream alone. */
  reject(by: RejectingClient, resources: readonly EncodedResource[], nack: Nack): void {
    if (resources.length === 0) return;
    const lines = linesAbout(nack.message, new Set(resources.map(({ name }) => name)));
    // Views decide once for all of them.
    this.#host.transaction(() => {
      for (const resource of resources) {
        const message = lines.get(resource.name) ?? nack.message;
        if (!speaksOfHost(message)) this.#reject(by, resource, { ...nack, message });
      }
    });
    this.verdicts.trim((other) => this.#current.has(other));
  }

  #reject({ identity, nodeId, view }: RejectingClient, resource: EncodedResource, nack: Nack): void {
    const verdict = this.verdicts.reject(identity, resource);
    if (verdict === undefined) return;
    const { typeUrl, name, version } = resource;
    const { message, at } = nack;
    const by = printable(nodeId, MAX_ID_BYTES);
    this.#first.set(verdict, { typeUrl, name, version, view, message, nodeId: by, at });
    this.#review(verdict);
    this.#host.reconsider(resource);
  }

  /** The newest versions of these names may be others now. */
  changed(typeUrl: string, names: Iterable<string>): void {
    if (this.verdicts.empty) return;
    for (const name of names) for (const verdict of [...this.verdicts.versionsOf(typeUrl, name)]) this.#review(verdict);
  }

  /** The collection has closed: nobody is subscribed to it any more. */
  closed({ typeUrl }: VersionedCollection): void {
    for (const verdict of [...this.#current.keys()]) if (verdict.resource.typeUrl === typeUrl) this.#review(verdict);
  }

  /** A version that is not the newest of an open collection is forgotten; one whose collections are closed is remembered. */
  #review(verdict: Verdict): void {
    const { typeUrl, name, version } = verdict.resource;
    const collections = this.#host.collectionsOf(typeUrl);
    const first = this.#first.get(verdict);
    const current = collections.some((collection) => collection.get(name)?.version === version);
    if (first === undefined || current === this.#current.has(verdict)) {
      if (!current && collections.some((collection) => collection.entry(name) !== undefined))
        this.verdicts.forget(verdict);
      return;
    }
    if (current) {
      this.#current.set(verdict, first);
      this.#host.rejected(first);
      return;
    }
    this.#current.delete(verdict);
    this.#host.released(first);
    if (collections.some((collection) => collection.entry(name) !== undefined)) this.verdicts.forget(verdict);
  }
}
