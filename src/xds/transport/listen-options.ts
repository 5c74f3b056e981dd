/** How an address is served, whatever carries the streams. */
import type { ConnectionOptions } from './http2-connection.js';

/** TLS 1.2 or newer. */
export interface TlsOptions {
  /** PEM. */
  readonly cert: string | Buffer;
  /** PEM. */
  readonly key: string | Buffer;
  /** PEM: clients must have a certificate of this authority. Default: any client. */
  readonly clientCa?: string | Buffer;
}

/** `grpc-js`: a server of @grpc/grpc-js. `http2`: gRPC over node:http2, without a copy of a response for each stream. */
export const TRANSPORTS = ['grpc-js', 'http2'] as const;

export type Transport = (typeof TRANSPORTS)[number];

/** How an address is served. */
export interface ListenOptions extends ConnectionOptions {
  /** What carries the streams; clients see no difference. Default `grpc-js`. */
  readonly transport?: Transport;
  /** Default: plain text. */
  readonly tls?: TlsOptions;
  /** Bytes of a request. Default 64 MiB. */
  readonly maxRequestBytes?: number;
  /** Bytes of all requests that have not arrived completely. Default 256 MiB. */
  readonly maxIncompleteBytes?: number;
  /** Streams on one connection. Default 1 000. */
  readonly maxStreamsPerConnection?: number;
  /**
   * Milliseconds that a client has to read what is left when the server ends a call, and to read a response while other
   * clients wait for room in `maxUnsentBytes`. Default 10 000.
   */
  readonly unreadMs?: number;
  /** Connections that may wait to be accepted: a fleet that reconnects comes all at once. Default 4 096. */
  readonly backlog?: number;
  /** Connections that may be open; others are closed at once. Default: as many as the system allows. */
  readonly maxConnections?: number;
  /** Called for each connection that was closed because of `maxConnections`. */
  readonly onDropped?: () => void;
}

/** What holds for options that are not given. */
export const LISTEN_DEFAULTS = {
  maxRequestBytes: 64 << 20,
  maxIncompleteBytes: 256 << 20,
  maxStreamsPerConnection: 1_000,
  unreadMs: 10_000,
  backlog: 4_096,
} as const;

/** An address that is listened on. */
export interface TransportListener {
  /** Connections that are open now. */
  readonly connections: number;
  /** `HOST:PORT`, port 0 for a free one. Resolves to the port; rejects if it cannot be had. */
  listen(address: string): Promise<number>;
  /** New handshakes use these from now on; connections that exist go on. Throws for a pair that does not fit. */
  updateTls(tls: TlsOptions): void;
  /** Sends GOAWAY, waits for the calls to end, and cuts what is left after `graceMs`. */
  close(graceMs: number): Promise<void>;
}
