/** Serves methods on a server of @grpc/grpc-js, of the caller or of a listener. Knows methods, and messages as bytes. */
import type { Server } from '@grpc/grpc-js';
import { type CallSurroundings, type DuplexCall, GrpcJsCall } from './grpc-js-call.js';
import type { Methods } from './message-stream.js';
import { type MessageParts, concat } from './parts.js';

/** What a listener adds to a call. */
export interface ListenerBounds {
  readonly surroundingsOf: (call: DuplexCall) => CallSurroundings | undefined;
  readonly serialize: (parts: MessageParts) => Buffer;
}

/** A server of the caller limits its calls itself, and may have any version. */
const NOTHING_OF_ITS_OWN: ListenerBounds = {
  surroundingsOf: () => undefined,
  serialize: concat,
};

/** Adds the methods to the server. */
export function addMethods(
  server: Server,
  methods: Methods,
  { surroundingsOf, serialize }: ListenerBounds = NOTHING_OF_ITS_OWN,
): void {
  for (const [path, handler] of methods) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const serve = (call: DuplexCall): void => new GrpcJsCall(call, surroundingsOf(call)).serve(handler);
    server.addService({ [name]: definition(path, serialize) }, { [name]: serve });
  }
}

/** Messages stay bytes: the streams decode and encode them. */
function definition(path: string, serialize: ListenerBounds['serialize']) {
  return {
    path,
    requestStream: true,
    responseStream: true,
    requestSerialize: identity,
    requestDeserialize: identity,
    responseSerialize: serialize,
    // For clients, which do not use these definitions.
    responseDeserialize: (bytes: Buffer): MessageParts => [bytes, NOTHING],
  };
}

const NOTHING = Buffer.alloc(0);

function identity(bytes: Buffer): Buffer {
  return bytes;
}
