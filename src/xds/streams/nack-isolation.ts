/**
 * Isolates NACKs: a resource that one client rejected is not sent to clients that do not have it yet, as long as its NACK counts. Their views
 * show the last accepted version. Endpoints are withheld for a limited time, because old ones may not answer any more.
 */
import type { EncodedResource } from '../resources/resource.js';
import type { Chunk } from '../batches/response.js';
import type { Nack } from '../holdings/exception.js';
import { type Rejecter, type Verdict, Verdicts } from '../holdings/verdicts.js';
import type { VersionedCollection } from '../subscriptions/versioned-collection.js';
import { CLUSTER_LOAD_ASSIGNMENT } from '../protocol/type-urls.js';
import { MAX_ID_BYTES, printable } from '../wire/words.js';
import { linesAbout, speaksOfHost } from './nack-attribution.js';

/** A version of a resource that a client rejected and that is still the newest. */
export interface RejectedResource {
  readonly typeUrl: string;
  readonly name: string;
  readonly version: string;
  /** The view of the client that rejected it first. */
  readonly view: string;
  /** The error message of the client. */
  readonly message: string;
  /** `node.id` of the client that rejected it first, up to 256 bytes. */
  readonly nodeId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface NackIsolationHost {
  /** The collections of this type, in all views. */
  collectionsOf(typeUrl: string): readonly VersionedCollection[];
  /** Runs `change` in the open transaction, or else in a new one. */
  transaction(change: () => void): void;
  /** The effective views with this name must be decided again. */
  reconsider(resource: EncodedResource): void;
  rejected(resource: RejectedResource): void;
  released(resource: RejectedResource): void;
  /** Calls the function when a NACK of endpoints has counted for long enough. */
  afterEndpointGrace(action: () => void): void;
}

/** A client that rejects resources. */
export interface RejectingClient extends Rejecter {
  readonly nodeId: string;
  readonly view: string;
}

export class NackIsolation {
  readonly verdicts: Verdicts;
  readonly #host: NackIsolationHost;
  /** The verdicts about versions that are the newest in some collection. */
  readonly #current = new Map<Verdict, RejectedResource>();
  /** The first NACK of each version, also for versions that are in no collection now. */
  readonly #first = new WeakMap<Verdict, RejectedResource>();

  /** @param acceptancesPerNack see `Verdicts`. */
  constructor(host: NackIsolationHost, acceptancesPerNack: number) {
    this.#host = host;
    this.verdicts = new Verdicts(acceptancesPerNack);
  }

  /** The current number of rejected resources. */
  get size(): number {
    return this.#current.size;
  }

  all(): readonly RejectedResource[] {
    return [...this.#current.values()];
  }

  /** A client accepted this response: its versions may be shown instead of rejected ones. */
  accepted(chunk: Chunk): void {
    this.#reconsider(this.verdicts.accept(chunk));
  }

  /** The stream of a client has ended. */
  left(stream: object): void {
    this.#reconsider(this.verdicts.leave(stream));
  }

  #reconsider(resources: readonly EncodedResource[]): void {
    if (resources.length === 0) return;
    this.#host.transaction(() => {
      for (const resource of resources) this.#host.reconsider(resource);
    });
  }

  /**
   * A client rejected these resources. A NACK about the client's own host affects its own stream only.
   * @param response the one that it rejected.
   */
  reject(by: RejectingClient, resources: readonly EncodedResource[], nack: Nack, response: Chunk | undefined): void {
    if (resources.length === 0) return;
    const lines = linesAbout(nack.message, new Set(resources.map(({ name }) => name)));
    // One transaction, so that effective views are decided once for all resources.
    this.#host.transaction(() => {
      for (const resource of resources) {
        const message = lines.get(resource.name) ?? nack.message;
        if (!speaksOfHost(message)) this.#reject(by, resource, { ...nack, message }, response);
      }
    });
    this.verdicts.trim((other) => this.#current.has(other));
  }

  #reject(by: RejectingClient, resource: EncodedResource, nack: Nack, response: Chunk | undefined): void {
    const counted = this.verdicts.withholds(resource);
    const verdict = this.verdicts.reject(by, resource, response);
    if (verdict !== undefined) this.#add(verdict, by, nack);
    if (verdict !== undefined || counted !== this.verdicts.withholds(resource)) this.#host.reconsider(resource);
  }

  #add(verdict: Verdict, by: RejectingClient, { message, at }: Nack): void {
    const { typeUrl, name, version } = verdict.resource;
    const nodeId = printable(by.nodeId, MAX_ID_BYTES);
    this.#first.set(verdict, { typeUrl, name, version, view: by.view, message, nodeId, at });
    this.#review(verdict);
    if (typeUrl !== CLUSTER_LOAD_ASSIGNMENT) return;
    this.#host.afterEndpointGrace(() => {
      if (this.verdicts.pardon(verdict)) this.#reconsider([verdict.resource]);
    });
  }

  /** The newest versions of these names may have changed. */
  changed(typeUrl: string, names: Iterable<string>): void {
    if (this.verdicts.empty) return;
    for (const name of names) for (const verdict of [...this.verdicts.versionsOf(typeUrl, name)]) this.#review(verdict);
  }

  /** The collection was closed, because no stream subscribes to it. */
  closed({ typeUrl }: VersionedCollection): void {
    for (const verdict of [...this.#current.keys()]) if (verdict.resource.typeUrl === typeUrl) this.#review(verdict);
  }

  /** Forgets a version that is not the newest in any open collection. A version whose collections are all closed is remembered. */
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
