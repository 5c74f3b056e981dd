/** How an address is served, whatever carries the streams. */
import type { CutOff } from './half-open.js';
import type { ConnectionOptions } from './http2-connection.js';

/** TLS 1.2 or newer. */
export interface TlsOptions {
  /** The certificate chain, as PEM. */
  readonly cert: string | Buffer;
  /** The private key, as PEM. */
  readonly key: string | Buffer;
  /** The authorities of client certificates, as PEM. If set, clients must have a certificate. Default: none. */
  readonly clientCa?: string | Buffer;
}

/** `grpc-js`: a server of @grpc/grpc-js. `http2`: gRPC over node:http2, which does not copy a response for each stream. */
export const TRANSPORTS = ['grpc-js', 'http2'] as const;

export type Transport = (typeof TRANSPORTS)[number];

/** How an address is served. */
export interface ListenOptions extends ConnectionOptions {
  /** The transport. Clients see no difference. Default: `grpc-js`. */
  readonly transport?: Transport;
  /** Default: plain text. */
  readonly tls?: TlsOptions;
  /** Maximum size of a request, in bytes. Default: 64 MiB. */
  readonly maxRequestBytes?: number;
  /** Limit of the size of all incomplete requests, in bytes. Default: 256 MiB. */
  readonly maxIncompleteBytes?: number;
  /** Connections of one IPv4 address, or one IPv6 network (/64); further ones are closed before a TLS handshake. Default 20 000. */
  readonly maxConnectionsPerAddress?: number;
  /** Milliseconds within which a request that has begun must have arrived completely. Default 60 000. */
  readonly incompleteMs?: number;
  /** Streams on one connection. Default 1 000. */
  readonly maxStreamsPerConnection?: number;
  /**
   * Time for a client to read the remaining bytes when the server ends a call, and to read a response while other clients wait for
   * `maxUnsentBytes`, in milliseconds. Default: 10 000.
   */
  readonly unreadMs?: number;
  /** Maximum number of connections that wait to be accepted. Large, because all clients of a fleet reconnect at once. Default: 4 096. */
  readonly backlog?: number;
  /** Connections that may be open; others are closed at once. Default: as many as the system allows. */
  readonly maxConnections?: number;
  /** Called for each connection that was closed because of `maxConnections`. */
  readonly onDropped?: () => void;
}

/** What a listener tells the server. */
export interface ListenerHost {
  /** A client was cut off or turned away, and the call or connection is over. */
  readonly cutOff: CutOff;
}

/** What holds for options that are not given. */
export const LISTEN_DEFAULTS = {
  maxRequestBytes: 64 << 20,
  maxIncompleteBytes: 256 << 20,
  maxConnectionsPerAddress: 20_000,
  incompleteMs: 60_000,
  maxStreamsPerConnection: 1_000,
  unreadMs: 10_000,
  backlog: 4_096,
} as const;

/** A listening address. */
export interface TransportListener {
  /** The number of open connections. */
  readonly connections: number;
  /** Listens on `HOST:PORT`; port 0 means any free port. Resolves to the port. Rejects with TypeError, or with the system's error. */
  listen(address: string): Promise<number>;
  /** Uses these certificates for new handshakes. Existing connections stay. @throws Error for a key that does not match. */
  updateTls(tls: TlsOptions): void;
  /** Sends GOAWAY, waits for the calls to end, and closes remaining connections after `graceMs`. */
  close(graceMs: number): Promise<void>;
}
