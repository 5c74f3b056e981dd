/** A message in two parts, as grpc-js takes it. */

/** The head is the stream's own, the body is shared by many streams. */
export type MessageParts = readonly [head: Buffer, body: Buffer];

/** As one. */
export function concat([head, body]: MessageParts): Buffer {
  return Buffer.concat([head, body], head.length + body.length);
}

/**
 * As what the pinned version of grpc-js needs of a serialized message: its length, and that it can be copied behind the prefix.
 * This saves a second copy of each message. A version that needs more of it fails at once, with the first message.
 */
export function copyable([head, body]: MessageParts): Buffer {
  const message = {
    byteLength: head.length + body.length,
    copy: (target: Buffer, start: number) => head.copy(target, start) + body.copy(target, start + head.length),
  };
  return message as unknown as Buffer;
}
