/** The end of a message that is kept. */
import type protobuf from 'protobufjs/minimal.js';

/**
 * The bytes that were written, in memory of their own: taken from Node's pool, a message that lives long would keep the rest of its
 * slab alive, which is many times its size.
 */
export function finishMessage(writer: protobuf.Writer): Buffer {
  const written = writer.finish();
  const bytes = Buffer.allocUnsafeSlow(written.length);
  bytes.set(written);
  return bytes;
}
