/** Where resources come from: what a program that uses the server implements. Knows no streams. */
import type { Collection } from './collection.js';
import type { EncodedResource } from './resource.js';
import type { XdsNode } from '../wire/xds-node.js';

/**
 * The server opens a collection when the first stream subscribes to a type in a view, and closes it when the last one has
 * left. All calls are synchronous.
 */
export interface ResourceProvider {
  /**
   * The view whose resources of this type this node sees. Nodes that see the same should have the same view: they share
   * its responses. Asked again at `server.reassign()`.
   */
  viewOf(node: XdsNode, typeUrl: string): string;
  /**
   * Fills the collection before it returns, and changes it later in transactions. Undefined for a type that is not served;
   * asked for each view.
   */
  open(collection: Collection): OpenCollection | undefined;
}

/** What a provider hears of a collection that it opened. */
export interface OpenCollection {
  /** A stream is the first to subscribe to this name itself (not by `*`): set it now if it exists, or later when it does. */
  want?(name: string): void;
  /** No stream subscribes to this name itself any more. The resource may be deleted, or kept. */
  unwant?(name: string): void;
  /**
   * What a state-of-the-world client is sent that subscribes to a name without a resource, for types whose absence the protocol cannot
   * express: without an answer, an Envoy waits for `initial_fetch_timeout` (15 s). It is sent only to a client that holds nothing of that
   * name, and is replaced by the resource when there is one. Incremental clients are told that the name does not exist. Default: no answer.
   */
  missing?(name: string): EncodedResource | undefined;
  /** Nobody sees the collection any more; later changes of it go nowhere. */
  close(): void;
}
