/** Numbers of what an xDS server currently stores. */
import type { VersionedCollection } from './subscriptions/versioned-collection.js';

/** For metrics, and for tests that nothing is left behind. */
export interface XdsServerStats {
  /** Open streams, including those without a first request. */
  readonly streams: number;
  /** Open collections: pairs of type and view with a subscription. */
  readonly collections: number;
  /** Distinct coverages of subscriptions, of all collections. */
  readonly interests: number;
  /** Names in subscriptions, of all collections. */
  readonly wantedNames: number;
  /** Deleted names that are remembered for streams that have not been sent the removal. */
  readonly tombstones: number;
  /** Update batches that are remembered for other streams. */
  readonly batches: number;
  /** Streams in which the order of types delays a response. */
  readonly waiting: number;
  /** Streams with a timer for the next renewal of a TTL. */
  readonly renewing: number;
  /** Nodes whose NACK on their last stream is remembered. */
  readonly unresumed: number;
  /** Resources whose newest version a client rejected. */
  readonly rejected: number;
  /** Bytes that clients make the server remember, about: names, versions and nodes. See `maxRememberedBytes`. */
  readonly rememberedBytes: number;
  /** Bytes of encoded responses that are cached for further streams. */
  readonly cachedBytes: number;
  /** Streams for load reports, and the clusters stored for them. */
  readonly loadStreams: number;
  readonly loadClusters: number;
  /** Open calls of client status, health and reflection. */
  readonly queries: number;
  /** Calls of `Watch` of the health service. */
  readonly healthWatchers: number;
  /** Streams that wait to be admitted, because of `newStreamsPerSecond`. */
  readonly awaitingAdmission: number;
  /** Streams whose requests wait until the provider has prepared what they ask for. */
  readonly awaitingPreparation: number;
}

/** The numbers of all collections together. */
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
