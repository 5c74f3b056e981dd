/** Bounds that protect the server from clients, and the times it waits for them. */
import { getHeapStatistics } from 'node:v8';

/** What a server lets clients ask of it. */
export interface XdsLimits {
  /** Streams at the same time, those with load reports included; further ones get RESOURCE_EXHAUSTED. Default 100 000. */
  readonly maxStreams: number;
  /**
   * Calls of client status and reflection at the same time, and as many that watch health; further ones get RESOURCE_EXHAUSTED. Calls
   * that check health are answered always. Default 1 000.
   */
  readonly maxQueries: number;
  /** Streams of one IPv4 address, or one IPv6 network (/64), at the same time; further ones get RESOURCE_EXHAUSTED. Default 20 000. */
  readonly maxStreamsPerAddress: number;
  /**
   * Share of the heap limit of V8 above which new streams get UNAVAILABLE, until it is 5 percentage points less: with a full heap, the
   * process would end. Default 0.85.
   */
  readonly maxHeapUse: number;
  /**
   * New streams per second, with bursts of twice as many. Further ones wait for their turn, as many as are admitted in ten seconds; beyond
   * that they get UNAVAILABLE and come back. Default: no limit.
   */
  readonly newStreamsPerSecond: number;
  /** Types on one stream. Default 64. */
  readonly maxTypes: number;
  /** Names and versions in one request; more end the stream with RESOURCE_EXHAUSTED. Default 200 000. */
  readonly maxNames: number;
  /**
   * Bytes that a stream may make the server remember: names that it subscribes to (about 1 KiB each), names that it says it holds, and
   * its node. Further ones end the stream with RESOURCE_EXHAUSTED. Default: 15 % of the heap limit of V8.
   */
  readonly maxRememberedBytesPerStream: number;
  /** The same for all streams of one address together, where equal sets of names count once. Default: 20 % of the heap limit. */
  readonly maxRememberedBytesPerAddress: number;
  /** The same for all streams together, where equal sets of names count once. Default: 25 % of the heap limit. */
  readonly maxRememberedBytes: number;
  /**
   * Deleted names of one type and view that are remembered for streams that lag behind. Above that, those streams end with
   * ABORTED and begin anew. Default 100 000.
   */
  readonly maxTombstones: number;
  /** Bytes of a request. Default 64 MiB: a client that reconnects lists all it has. */
  readonly maxRequestBytes: number;
  /** Bytes of a response that can be split; below the 4 MiB that gRPC clients accept. Default 3.5 MiB. */
  readonly maxResponseBytes: number;
  /** Bytes of encoded responses that are kept for further streams. Default 64 MiB. */
  readonly responseCacheBytes: number;
  /**
   * Bytes of requests whose streams wait, for `newStreamsPerSecond` or for the provider to prepare what they ask for, of all streams. Beyond
   * that, a stream that waits to be admitted gets UNAVAILABLE, and the others wait no longer. Default 256 MiB.
   */
  readonly maxWaitingBytes: number;
  /**
   * Milliseconds within which the first request of a call must have arrived completely; after that the call ends with
   * DEADLINE_EXCEEDED. Clients send it as soon as the call is open. Default 60 000.
   */
  readonly firstRequestMs: number;
  /**
   * Milliseconds that a client has to answer a response, by an ACK or a NACK; after that, or up to a quarter later, its stream ends with
   * DEADLINE_EXCEEDED. A client that does not read does not answer either. Calls of other services end likewise if their answers are not
   * read for so long. Default 300 000.
   */
  readonly answerMs: number;
  /**
   * Bytes of all responses that the transport has copied and clients have not read, over all streams of `listen`. Further
   * responses wait until others have gone out. Only transport `grpc-js` copies them. Default 128 MiB.
   */
  readonly maxUnsentBytes: number;
  /** Milliseconds after which a type does not wait any more for another type's ACK. Default 5 000. */
  readonly orderDeadlineMs: number;
  /** So many acceptances of a version outweigh one NACK of a client that is not authenticated. Default 10. */
  readonly acceptancesPerNack: number;
  /** Milliseconds that a load assignment is withheld from other clients after a NACK: older endpoints may be gone. Default 30 000. */
  readonly endpointNackGraceMs: number;
}

/** Bytes of this share of what V8 may use for its heap (`--max-old-space-size`). */
export function shareOfHeap(share: number): number {
  return Math.floor(share * getHeapStatistics().heap_size_limit);
}

/** What holds for limits that are not given. */
export const DEFAULT_LIMITS: XdsLimits = {
  maxStreams: 100_000,
  maxStreamsPerAddress: 20_000,
  maxHeapUse: 0.85,
  maxQueries: 1_000,
  newStreamsPerSecond: Infinity,
  maxTypes: 64,
  maxNames: 200_000,
  maxRememberedBytesPerStream: shareOfHeap(0.15),
  maxRememberedBytesPerAddress: shareOfHeap(0.2),
  maxRememberedBytes: shareOfHeap(0.25),
  maxTombstones: 100_000,
  maxRequestBytes: 64 << 20,
  maxResponseBytes: 3.5 * (1 << 20),
  responseCacheBytes: 64 << 20,
  maxWaitingBytes: 256 << 20,
  firstRequestMs: 60_000,
  answerMs: 300_000,
  maxUnsentBytes: 128 << 20,
  orderDeadlineMs: 5_000,
  acceptancesPerNack: 10,
  endpointNackGraceMs: 30_000,
};

/** Lets `perSecond` pass, and twice as many at once after a pause. */
export class TokenBucket {
  readonly #perSecond: number;
  #tokens: number;
  #filledAt: number;

  /** `now` in monotonic milliseconds. */
  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#tokens = 2 * perSecond;
    this.#filledAt = now;
  }

  take(now: number): boolean {
    if (this.#perSecond === Infinity) return true;
    this.#fill(now);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Milliseconds until the next may pass. */
  wait(now: number): number {
    if (this.#perSecond === Infinity) return 0;
    this.#fill(now);
    return Math.max(0, ((1 - this.#tokens) * 1000) / this.#perSecond);
  }

  #fill(now: number): void {
    this.#tokens = Math.min(2 * this.#perSecond, this.#tokens + ((now - this.#filledAt) / 1000) * this.#perSecond);
    this.#filledAt = now;
  }
}
