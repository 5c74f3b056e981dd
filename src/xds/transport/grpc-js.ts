/** Carries streams over a server of @grpc/grpc-js, of the caller's or of a listener's. It knows methods and messages as bytes. */
import type { Server } from '@grpc/grpc-js';
import { type CallSurroundings, type DuplexCall, GrpcJsCall, type Parts, join } from './grpc-js-call.js';
import type { Methods } from './message-stream.js';

/** Adds the methods to the server. `surroundingsOf`: what a call of a listener has; a server of the caller's has nothing of it. */
export function addMethods(
  server: Server,
  methods: Methods,
  surroundingsOf: (call: DuplexCall) => CallSurroundings | undefined = () => undefined,
): void {
  for (const [path, handler] of methods) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const serve = (call: DuplexCall): void => new GrpcJsCall(call, surroundingsOf(call)).serve(handler);
    server.addService({ [name]: definition(path) }, { [name]: serve });
  }
}

/** Messages pass as bytes: streams decode and encode them themselves. */
function definition(path: string) {
  return {
    path,
    requestStream: true,
    responseStream: true,
    requestSerialize: identity,
    requestDeserialize: identity,
    responseSerialize: join,
    // For clients, which these definitions are not used for.
    responseDeserialize: (bytes: Buffer): Parts => [bytes, NOTHING],
  };
}

const NOTHING = Buffer.alloc(0);

function identity(bytes: Buffer): Buffer {
  return bytes;
}
