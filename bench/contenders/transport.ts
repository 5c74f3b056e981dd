/** What carries the streams of `lifeboat serve` and `lifeboat/xds`: BENCH_TRANSPORT=grpc-js|http2. */
import type { Transport } from '../../src/xds/index.js';

/** The goals are about large fleets, and so about the transport for them. */
export function transport(): Transport {
  return process.env['BENCH_TRANSPORT'] === 'grpc-js' ? 'grpc-js' : 'http2';
}
