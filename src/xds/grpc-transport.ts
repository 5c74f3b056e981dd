/** Carries streams over @grpc/grpc-js. It knows methods and messages as bytes, not what they say. */
import {
  type ChannelOptions, Server, ServerCredentials, type ServerDuplexStream, type ServiceDefinition, type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { STREAM_METHODS, type StreamMethod } from './services.js';
import type { StreamKind } from './stream.js';
import type { MessageSink, MessageStream, StatusCode } from './transport.js';

export interface ListenOptions {
  /** Default: plain text. */
  readonly credentials?: ServerCredentials;
  /** Milliseconds after which a connection is asked to come anew, give or take a tenth. Default: never. */
  readonly maxConnectionAgeMs?: number;
  /** Milliseconds that its streams may go on after that. Default 30 000. */
  readonly maxConnectionAgeGraceMs?: number;
  /** Milliseconds between pings of the server. Default 30 000. */
  readonly keepaliveMs?: number;
  /** Milliseconds within which a ping must be answered. Default 10 000. */
  readonly keepaliveTimeoutMs?: number;
  /** Default 64 MiB. */
  readonly maxRequestBytes?: number;
  /** Streams on one connection. Default 1 000. */
  readonly maxStreamsPerConnection?: number;
}

export type Accept = (kind: StreamKind, stream: MessageStream) => MessageSink | undefined;

export interface GrpcListener {
  readonly port: number;
  /** Sends GOAWAY, waits for the calls to end, and cuts what is left after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/** Options for a `Server` that other services share: pings, message sizes, connection age. */
export function grpcServerOptions(options: ListenOptions = {}): ChannelOptions {
  const { maxConnectionAgeMs } = options;
  return {
    'grpc.max_receive_message_length': options.maxRequestBytes ?? 64 << 20,
    'grpc.max_send_message_length': -1,
    'grpc.keepalive_time_ms': options.keepaliveMs ?? 30_000,
    'grpc.keepalive_timeout_ms': options.keepaliveTimeoutMs ?? 10_000,
    'grpc.max_concurrent_streams': options.maxStreamsPerConnection ?? 1_000,
    'grpc.enable_channelz': 0,
    ...(maxConnectionAgeMs === undefined ? {} : {
      'grpc.max_connection_age_ms': maxConnectionAgeMs,
      'grpc.max_connection_age_grace_ms': options.maxConnectionAgeGraceMs ?? 30_000,
    }),
  };
}

export async function listenWithGrpc(address: string, options: ListenOptions, accept: Accept): Promise<GrpcListener> {
  const server = new Server(grpcServerOptions(options));
  addToGrpcServer(server, accept);
  const port = await bind(server, address, options.credentials ?? ServerCredentials.createInsecure());
  return { port, close: (graceMs) => close(server, graceMs) };
}

function bind(server: Server, address: string, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
}

function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.forceShutdown(), graceMs);
    server.tryShutdown(() => {
      clearTimeout(cut);
      resolve();
    });
  });
}

type Call = ServerDuplexStream<Buffer, Buffer>;

export function addToGrpcServer(server: Server, accept: Accept): void {
  for (const method of STREAM_METHODS) {
    const [, service = '', name = ''] = method.path.split('/');
    const handlers: UntypedServiceImplementation = { [name]: (call: Call) => serve(call, method, accept) };
    server.addService(definition(method, name), handlers);
    void service;
  }
}

function identity(bytes: Buffer): Buffer {
  return bytes;
}

/** Messages pass as bytes: streams decode and encode them themselves. */
function definition(method: StreamMethod, name: string): ServiceDefinition {
  return {
    [name]: {
      path: method.path,
      requestStream: true,
      responseStream: true,
      requestSerialize: identity,
      requestDeserialize: identity,
      responseSerialize: identity,
      responseDeserialize: identity,
    },
  };
}

function serve(call: Call, kind: StreamKind, accept: Accept): void {
  const sink = accept(kind, messageStream(call));
  if (sink === undefined) return;
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    sink.closed();
  };
  call.on('data', (message: Buffer) => sink.received(message));
  call.on('drain', () => sink.drained());
  call.on('end', () => sink.halfClosed());
  call.on('cancelled', close);
  call.on('close', close);
  call.on('error', close);
}

function messageStream(call: Call): MessageStream {
  return {
    peer: call.getPeer(),
    write: (head, body) => call.write(Buffer.concat([head, body])),
    end: (code, message) => endCall(call, code, message),
  };
}

function endCall(call: Call, code: StatusCode, message: string): void {
  if (code === 0) call.end();
  else call.emit('error', { code, details: message });
}
