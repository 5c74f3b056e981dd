/** Reads virtual hosts in the bytes of a route configuration. */
import type { EncodedMessage } from '../rows/encoded-message.js';
import protobuf from 'protobufjs/minimal.js';
import { finishMessage } from '../../proto/finish-message.js';
import { LENGTH_DELIMITED, fieldsOf } from '../../proto/wire-reader.js';

/** Field numbers of RouteConfiguration and VirtualHost. */
const VIRTUAL_HOSTS = 2;
const NAME = 1;
const DOMAINS = 2;

interface HostBytes {
  readonly name: string;
  readonly domains: readonly string[];
  readonly bytes: Buffer;
}

/**
 * Adds the hosts that are left out of `message`, as they are in `earlier`, unless another host now has one of their domains. Also adds the
 * names of their clusters.
 */
export function withLastHosts(message: EncodedMessage, earlier: EncodedMessage): EncodedMessage {
  const missing = new Set(message.leftOut?.map(({ name }) => name));
  const taken = new Set(hostsOf(message.bytes).flatMap(({ domains }) => domains));
  const added = hostsOf(earlier.bytes).filter(
    ({ name, domains }) => missing.has(name) && !domains.some((domain) => taken.has(domain)),
  );
  if (added.length === 0) return message;
  const writer = protobuf.Writer.create().raw(message.bytes);
  for (const { bytes } of added) writer.uint32((VIRTUAL_HOSTS << 3) | LENGTH_DELIMITED).bytes(bytes);
  const clusters = [...new Set([...(message.clusters ?? []), ...(earlier.clusters ?? [])])].sort();
  return { ...message, bytes: finishMessage(writer), clusters };
}

function hostsOf(configuration: Uint8Array): readonly HostBytes[] {
  return fieldsOf(Buffer.from(configuration.buffer, configuration.byteOffset, configuration.length), VIRTUAL_HOSTS).map(
    (bytes) => ({
      name: fieldsOf(bytes, NAME).map(String).at(-1) ?? '',
      domains: fieldsOf(bytes, DOMAINS).map(String),
      bytes,
    }),
  );
}
