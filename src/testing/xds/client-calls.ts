/**
 * The calls of the fake xDS client: one call of the aggregated service over gRPC, or one for each type, directly to the methods of a server in
 * this process. In that case it is known when no more responses will come. Knows bytes only.
 */
import { type ChannelCredentials, Client, Metadata, credentials } from '@grpc/grpc-js';
import { type MessageSink, type Methods, STATUS } from '../../xds/index.js';
import { STREAM_METHODS } from '../../xds/discovery-methods.js';
import type { ClientMode } from './client-wire.js';

export interface ClientStatusObject {
  readonly code: number;
  readonly details: string;
}

export interface ClientCall {
  write(bytes: Buffer): void;
  halfClose(): void;
  pause(): void;
  resume(): void;
}

/** Receives the events of the calls. */
export interface CallListener {
  received(bytes: Buffer): void;
  ended(status: ClientStatusObject): void;
}

export interface ClientCalls {
  /** The call for requests of this type. */
  of(typeUrl: string): ClientCall;
  all(): Iterable<ClientCall>;
  close(): void;
  /** Resolves when the server has answered everything. `undefined` if only an answer can show that. */
  readonly settled: (() => Promise<void>) | undefined;
}

const ADS = '/envoy.service.discovery.v3.AggregatedDiscoveryService';

/** How a client proves who it is. Default: not at all. */
export interface ClientProof {
  /** TLS with these. Default: plain text. */
  readonly channel?: ChannelCredentials;
  /** The `authorization` header. */
  readonly authorization?: string;
}

export interface CallOptions extends ClientProof {
  readonly path?: string;
}

/** One call to a port, for all types. */
export function callsTo(port: number, mode: ClientMode, options: CallOptions, listener: CallListener): ClientCalls {
  const method = mode === 'sotw' ? 'StreamAggregatedResources' : 'DeltaAggregatedResources';
  const channel = new Client(`127.0.0.1:${String(port)}`, options.channel ?? credentials.createInsecure(), {
    'grpc.max_receive_message_length': -1,
    'grpc.use_local_subchannel_pool': 1,
    // A server name is never an IP address: https://datatracker.ietf.org/doc/html/rfc6066#section-3
    ...(options.channel && { 'grpc.ssl_target_name_override': 'localhost' }),
  });
  const stream = channel.makeBidiStreamRequest(
    options.path ?? `${ADS}/${method}`,
    identity,
    identity,
    metadataOf(options),
  );
  stream.on('data', (bytes: Buffer) => listener.received(bytes));
  stream.on('error', () => undefined);
  stream.on('status', ({ code, details }: ClientStatusObject) => listener.ended({ code, details }));
  const call: ClientCall = {
    write: (bytes) => stream.write(bytes),
    halfClose: () => stream.end(),
    pause: () => stream.pause(),
    resume: () => stream.resume(),
  };
  const close = (): void => {
    stream.cancel();
    channel.close();
  };
  return { of: () => call, all: () => [call], close, settled: undefined };
}

export function metadataOf({ authorization }: ClientProof): Metadata {
  const metadata = new Metadata();
  if (authorization !== undefined) metadata.set('authorization', authorization);
  return metadata;
}

/** A call for each subscribed type, of the service for this type. */
export function callsOf(methods: Methods, mode: ClientMode, listener: CallListener): ClientCalls {
  const calls = new Map<string, DirectCall>();
  return {
    of: (typeUrl) => {
      const path = STREAM_METHODS.find((method) => method.mode === mode && method.typeUrl === typeUrl)?.path ?? typeUrl;
      const call = calls.get(path) ?? new DirectCall(methods, path, listener);
      calls.set(path, call);
      return call;
    },
    all: () => calls.values(),
    close: () => calls.forEach((call) => call.close()),
    // The server pumps streams once in each turn of the event loop.
    settled: async () => {
      for (let turns = 0; turns < 3; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

class DirectCall implements ClientCall {
  readonly #sink: MessageSink | undefined;
  readonly #listener: CallListener;
  #waiting: Buffer[] | undefined;
  #over = false;

  constructor(methods: Methods, path: string, listener: CallListener) {
    this.#listener = listener;
    const handler = methods.get(path);
    if (handler === undefined) this.#end(STATUS.unimplemented, `no method ${path}`);
    this.#sink = handler?.({
      peer: 'test',
      write: (head, body) => this.#received(Buffer.concat([head, body])),
      end: (code, details) => this.#end(code, details),
    });
  }

  write(bytes: Buffer): void {
    if (!this.#over) this.#sink?.received(bytes);
  }

  halfClose(): void {
    if (!this.#over) this.#sink?.halfClosed();
  }

  pause(): void {
    this.#waiting ??= [];
  }

  resume(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const bytes of waiting) this.#listener.received(bytes);
    if (!this.#over) this.#sink?.drained();
  }

  close(): void {
    if (!this.#over) this.#sink?.closed();
    this.#over = true;
  }

  #received(bytes: Buffer): boolean {
    if (this.#waiting === undefined) this.#listener.received(bytes);
    else this.#waiting.push(bytes);
    return this.#waiting === undefined;
  }

  #end(code: number, details: string): void {
    this.#over = true;
    this.#listener.ended({ code, details });
  }
}

function identity(bytes: Buffer): Buffer {
  return bytes;
}
