/** A message in two parts, for grpc-js. */

/** The head belongs to one stream. Many streams share the body. */
export type MessageParts = readonly [head: Buffer, body: Buffer];

/** Both parts in one buffer. */
export function concat([head, body]: MessageParts): Buffer {
  return Buffer.concat([head, body], head.length + body.length);
}

/**
 * An object with those members of a buffer that the pinned version of grpc-js uses: its length, and copying it behind the prefix. This saves a
 * second copy of each message. A version that uses more members fails with the first message.
 */
export function copyable([head, body]: MessageParts): Buffer {
  const message = {
    byteLength: head.length + body.length,
    copy: (target: Buffer, start: number) => head.copy(target, start) + body.copy(target, start + head.length),
  };
  return message as unknown as Buffer;
}
