/**
 * An HTTP/2 connection to an xDS server. A test opens streams on it that end in all possible ways. Much cheaper than a gRPC client for each
 * stream.
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

/** A way to end a stream: with or without a request, with or without waiting for a response. */
type Ending = (stream: ClientHttp2Stream, request: Buffer) => Promise<unknown> | undefined;

const ENDINGS: readonly Ending[] = [
  // A normal end.
  (stream, request) => void stream.end(request),
  // Reset after the response.
  async (stream, request) => {
    stream.write(request);
    await heard(stream);
    stream.close(constants.NGHTTP2_CANCEL);
  },
  // Reset before the response.
  (stream, request) => {
    stream.write(request);
    stream.close(constants.NGHTTP2_CANCEL);
    return undefined;
  },
  // An incomplete first request.
  (stream, request) => {
    stream.write(request.subarray(0, 9));
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    return undefined;
  },
  (stream, request) => void stream.end(request.subarray(0, -1)),
  // No request.
  (stream) => {
    stream.close(constants.NGHTTP2_CANCEL);
    return undefined;
  },
  (stream) => void stream.end(),
  // An invalid request: the server ends the stream.
  (stream) => void stream.write(frame(Buffer.from('0a', 'hex'))),
  // A request without a node: the server ends the stream.
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

/** The number of ways to end a stream, for `endOne`. */
export const WAYS = ENDINGS.length;

export class RawConnection {
  readonly #session: ClientHttp2Session;

  constructor(port: number) {
    this.#session = connect(`http://127.0.0.1:${String(port)}`);
    this.#session.on('error', () => undefined);
  }

  /** Opens a stream, of ADS for even numbers and of a single type for odd ones, and ends it in one of the ways. */
  async endOne(mode: ClientMode, number: number, way: number): Promise<void> {
    const stream = this.#session.request({
      ':method': 'POST',
      ':path': METHODS[mode][number % 2],
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.on('error', () => undefined);
    const closed = new Promise((resolve) => stream.once('close', resolve));
    // A gRPC client closes a call when the server has ended it.
    stream.on('end', () => stream.close());
    stream.resume();
    const request = encodeRequest(mode, { typeUrl: CLUSTER, node: { id: `n${String(number % 50)}` } });
    await ENDINGS[way % WAYS]?.(stream, frame(request));
    await closed;
  }

  /** Opens a stream and sends a request, without waiting for a response. */
  leaveOpen(mode: ClientMode): void {
    openStream(this.#session, mode).write(frame(encodeRequest(mode, { typeUrl: CLUSTER, node: { id: 'open' } })));
  }

  /** `goodbye`: with GOAWAY. `cut`: destroys the connection. */
  close(how: 'goodbye' | 'cut'): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#session.once('close', () => resolve()));
    if (how === 'goodbye') this.#session.close();
    else this.#session.destroy();
    return closed;
  }
}

/** Resolves when data arrives or the stream ends. */
function heard(stream: ClientHttp2Stream): Promise<unknown> {
  return new Promise((resolve) => {
    stream.once('data', resolve);
    stream.once('end', resolve);
  });
}

/** The message with its gRPC prefix. */
export function frame(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
