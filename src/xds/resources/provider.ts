/** The source of resources: an interface that users of the server implement. Knows no streams. */
import type { Collection } from './collection.js';
import type { EncodedResource } from './resource.js';
import type { XdsNode } from '../wire/xds-node.js';

/**
 * The server opens a collection at the first subscription to a type in a view, and closes it after the last one. All functions are
 * synchronous.
 */
export interface ResourceProvider {
  /**
   * The view of this node for this type. Nodes with the same resources should have the same view, because they share its responses. Called
   * again after `server.reassign()`.
   */
  viewOf(node: XdsNode, typeUrl: string): string;
  /**
   * Called once with each type that the first requests of a stream are about. While the promise is pending, the requests of the stream wait, and other
   * streams go on: a provider for which `open` would take long can prepare it in short turns here, or fetch it. An error is logged, and the
   * requests go on. Not called for a client that may not be the node. Returns `undefined` if there is nothing to wait for. Default: nothing.
   */
  prepare?(node: XdsNode, typeUrl: string): Promise<void> | undefined;
  /**
   * Fills the collection before it returns, and changes it later in transactions. Returns `undefined` for an unsupported type. Called for each
   * view.
   */
  open(collection: Collection): OpenCollection | undefined;
}

/** Notifications about a collection that the provider opened. */
export interface OpenCollection {
  /** The first stream subscribed to this name (not by `*`). Set the resource now if it exists, or later. */
  want?(name: string): void;
  /** No stream subscribes to this name any more. The resource may be deleted or kept. */
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
