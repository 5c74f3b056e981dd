/** The source of resources: an interface that users of the server implement. Knows no streams. */
import type { Collection } from './collection.js';
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
  /** No stream subscribes to the collection any more. Later changes have no effect. */
  close(): void;
}
