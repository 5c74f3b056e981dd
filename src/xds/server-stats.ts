/** What an xDS server holds, counted. */
import type { VersionedCollection } from './subscriptions/versioned-collection.js';

/** What the server holds at the moment: for metrics, and for tests that nothing stays behind. */
export interface XdsServerStats {
  /** Open streams, also those whose client has not said who it is. */
  readonly streams: number;
  /** Types times views that streams subscribe to. */
  readonly collections: number;
  /** Different sets of names, of all collections, that streams subscribe to. */
  readonly interests: number;
  /** Names that are subscribed to one by one, of all collections. */
  readonly wantedNames: number;
  /** Deleted names that are remembered for streams to which the removal was not sent yet. */
  readonly tombstones: number;
  /** Responses, or series of them, that are remembered because other streams may be sent the same. */
  readonly batches: number;
  /** Streams that hold something back by the order of types. */
  readonly waiting: number;
  /** Streams that wait for the time to renew something that lives for a limited time. */
  readonly renewing: number;
  /** Nodes of which it is remembered that they refused something on their last stream. */
  readonly unresumed: number;
  /** Resources of which a client refused the newest version. */
  readonly refused: number;
  /** Bytes that clients make the server remember, about: names, versions and nodes; see `maxRememberedBytes`. */
  readonly rememberedBytes: number;
  /** Bytes of encoded responses that are kept for further streams. */
  readonly cachedBytes: number;
  /** Streams on which clients report their load, and the clusters that something is kept of, over all of them. */
  readonly loadStreams: number;
  readonly loadClusters: number;
  /** Open calls of client status, health and reflection. */
  readonly queries: number;
  /** Calls among them that watch the health. */
  readonly healthWatchers: number;
}

/** What is counted in the collections. */
type CollectionStats = Pick<XdsServerStats, 'collections' | 'interests' | 'wantedNames' | 'tombstones' | 'batches'>;

export function collectionStats(collections: readonly VersionedCollection[]): CollectionStats {
  const sum = (count: (collection: VersionedCollection) => number): number =>
    collections.reduce((total, collection) => total + count(collection), 0);
  return {
    collections: collections.length,
    interests: sum(({ interests }) => interests.size),
    wantedNames: sum(({ interests }) => interests.wantedNames),
    tombstones: sum(({ tombstones }) => tombstones),
    batches: sum(({ interests }) => interests.batches),
  };
}
