/** Carries streams over a server of @grpc/grpc-js, for programs that have one. It knows methods and messages as bytes. */
import type { Server, ServerDuplexStream } from '@grpc/grpc-js';
import type { MessageStream, MethodHandler, Methods, StatusCode } from './message-stream.js';

type Call = ServerDuplexStream<Buffer, Buffer>;

/** Bytes that wait for the client to read before nothing more should be written. The call itself counts messages only. */
const MAX_WAITING = 16_384;

/** Adds the methods to the server. */
export function addMethods(server: Server, methods: Methods): void {
  for (const [path, handler] of methods) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    server.addService({ [name]: definition(path) }, { [name]: (call: Call) => serve(call, handler) });
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
    responseSerialize: identity,
    responseDeserialize: identity,
  };
}

function identity(bytes: Buffer): Buffer {
  return bytes;
}

function serve(call: Call, handler: MethodHandler): void {
  const sink = handler(messageStream(call, () => sink?.drained()));
  if (sink === undefined) return;
  let closed = false;
  const close = (): void => {
    if (!closed) sink.closed();
    closed = true;
  };
  call.on('data', (message: Buffer) => sink.received(message));
  call.on('end', () => sink.halfClosed());
  call.on('cancelled', close);
  call.on('close', close);
}

function messageStream(call: Call, drained: () => void): MessageStream {
  let waiting = 0;
  return {
    peer: call.getPeer(),
    write: (head, body) => {
      const size = head.length + body.length;
      waiting += size;
      call.write(Buffer.concat([head, body], size), () => {
        const before = waiting;
        waiting -= size;
        if (before > MAX_WAITING && waiting <= MAX_WAITING) drained();
      });
      return waiting <= MAX_WAITING;
    },
    end: (code, message) => endCall(call, code, message),
  };
}

function endCall(call: Call, code: StatusCode, message: string): void {
  if (code === 0) call.end();
  else call.emit('error', { code, details: message });
}
