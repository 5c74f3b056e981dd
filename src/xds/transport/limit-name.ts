/** The limits that end calls or turn them away, by the names that messages, events and metrics use. */

export const LIMIT_NAMES = [
  /** Streams in all, and streams and connections of one address. */
  'streams',
  'streams-per-address',
  'connections-per-address',
  /** Streams that are admitted per second, and those that wait for it. */
  'stream-rate',
  /** Calls of client status and reflection, and calls that watch health. */
  'queries',
  /** Types on one stream, names in one request, bytes of one request. */
  'types',
  'names',
  'request-size',
  /** Bytes of requests that have not arrived completely. */
  'incomplete-requests',
  /** Bytes of requests whose calls are being authenticated. */
  'authentication',
  /** Bytes that clients make the server remember. */
  'remembered-per-stream',
  'remembered-per-address',
  'remembered',
  /** Deleted names that are remembered for streams that lag behind. */
  'tombstones',
  /** The share of the V8 heap limit above which no stream is admitted. */
  'heap',
  /** Times: to the first request, to answer a response, to read, and to take notice of the end of a call. */
  'first-request',
  'acknowledgement',
  'unread',
  'half-open',
] as const;

export type LimitName = (typeof LIMIT_NAMES)[number];
