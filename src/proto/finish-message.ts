/** Finishes encoded messages that are kept in memory. */
import type protobuf from 'protobufjs/minimal.js';

/**
 * Copies the written bytes to their own memory. In Node's buffer pool, a long-lived message would keep its whole slab alive, which is many
 * times the size of the message.
 */
export function finishMessage(writer: protobuf.Writer): Buffer {
  const written = writer.finish();
  const bytes = Buffer.allocUnsafeSlow(written.length);
  bytes.set(written);
  return bytes;
}
