/**
 * An HTTP/2 connection to an xDS server on which a test opens streams that end in every way there is, in good order or not.
 * Much cheaper than a client of gRPC for each of them.
 */
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { CLUSTER } from '../../xds/index.js';
import { type ClientMode, encodeRequest } from './client-wire.js';

const AGGREGATED = 'envoy.service.discovery.v3.AggregatedDiscoveryService';
const CLUSTERS = 'envoy.service.cluster.v3.ClusterDiscoveryService';

const METHODS: Readonly<Record<ClientMode, readonly string[]>> = {
  sotw: [`/${AGGREGATED}/StreamAggregatedResources`, `/${CLUSTERS}/StreamClusters`],
  delta: [`/${AGGREGATED}/DeltaAggregatedResources`, `/${CLUSTERS}/DeltaClusters`],
};

/** What a client may do to a stream: say something or not, wait for something or not, and leave. */
type Ending = (stream: ClientHttp2Stream, request: Buffer) => Promise<unknown> | undefined;

const ENDINGS: readonly Ending[] = [
  // In good order.
  (stream, request) => void stream.end(request),
  // Asked and answered, then reset.
  async (stream, request) => {
    stream.write(request);
    await heard(stream);
    stream.close(constants.NGHTTP2_CANCEL);
  },
  // Reset before it can be answered.
  (stream, request) => {
    stream.write(request);
    stream.close(constants.NGHTTP2_CANCEL);
    return undefined;
  },
  // A first request that never arrives completely.
  (stream, request) => {
    stream.write(request.subarray(0, 9));
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    return undefined;
  },
  (stream, request) => void stream.end(request.subarray(0, -1)),
  // Nothing said at all.
  (stream) => {
    stream.close(constants.NGHTTP2_CANCEL);
    return undefined;
  },
  (stream) => void stream.end(),
  // Not an xDS request: the server ends it.
  (stream) => void stream.write(frame(Buffer.from('0a', 'hex'))),
  // No node: the server ends it.
  (stream) => void stream.write(frame(Buffer.alloc(0))),
];

/** Opens a stream of the aggregated service. */
export function openStream(
  session: ClientHttp2Session,
  mode: ClientMode,
  headers: Readonly<Record<string, string>> = {},
): ClientHttp2Stream {
  const gRpc = { 'content-type': 'application/grpc', te: 'trailers' };
  const stream = session.request({ ':method': 'POST', ':path': METHODS[mode][0], ...gRpc, ...headers });
  stream.on('error', () => undefined);
  return stream;
}

/** Ways to end a stream, for `endOne`. */
export const WAYS = ENDINGS.length;

export class RawConnection {
  readonly #session: ClientHttp2Session;

  constructor(port: number) {
    this.#session = connect(`http://127.0.0.1:${String(port)}`);
    this.#session.on('error', () => undefined);
  }

  /** Opens a stream, ADS for even numbers and of one type for odd ones, and ends it in one of the ways. */
  async endOne(mode: ClientMode, number: number, way: number): Promise<void> {
    const stream = this.#session.request({
      ':method': 'POST',
      ':path': METHODS[mode][number % 2],
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.on('error', () => undefined);
    const closed = new Promise((resolve) => stream.once('close', resolve));
    // When the server ends a call, a client of gRPC is done with it too.
    stream.on('end', () => stream.close());
    stream.resume();
    const request = encodeRequest(mode, { typeUrl: CLUSTER, node: { id: `n${String(number % 50)}` } });
    await ENDINGS[way % WAYS]?.(stream, frame(request));
    await closed;
  }

  /** Opens a stream, asks, and does not wait for anything. */
  leaveOpen(mode: ClientMode): void {
    openStream(this.#session, mode).write(frame(encodeRequest(mode, { typeUrl: CLUSTER, node: { id: 'open' } })));
  }

  /** With a goodbye, or by cutting the connection. */
  close(how: 'goodbye' | 'cut'): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#session.once('close', () => resolve()));
    if (how === 'goodbye') this.#session.close();
    else this.#session.destroy();
    return closed;
  }
}

/** Something came, or it is over. */
function heard(stream: ClientHttp2Stream): Promise<unknown> {
  return new Promise((resolve) => {
    stream.once('data', resolve);
    stream.once('end', resolve);
  });
}

/** The message behind its prefix. */
export function frame(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
