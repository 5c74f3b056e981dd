/** The client of a stream, from its first request. */
import { hash } from 'node:crypto';
import type { XdsNode } from '../wire/xds-node.js';
import { STATUS, StreamError } from '../transport/message-stream.js';
import { decodeNode } from '../wire/node.js';

/** Limit of the encoded node, because it is stored as long as the stream is open. */
const MAX_NODE_BYTES = 1 << 20;

/** 22 base64 digits: 128 bits of SHA-256. */
const IDENTITY_LENGTH = 22;

/**
 * The same text after a reconnect, always of the same length. A client with another version of its software counts as another client, because
 * it restarted and holds nothing.
 */
export function identityOf({ id, userAgentName, userAgentVersion }: XdsNode): string {
  return hash('sha256', `${id}\n${userAgentName} ${userAgentVersion}`, 'base64url').slice(0, IDENTITY_LENGTH);
}

/** Decodes the node. @throws StreamError without a node, or without a `node.id`; WireError for invalid bytes. */
export function identify(bytes: Buffer | undefined): XdsNode {
  if (bytes !== undefined && bytes.length > MAX_NODE_BYTES)
    throw new StreamError(STATUS.invalidArgument, 'the node is too large');
  const node = bytes === undefined ? undefined : decodeNode(bytes);
  if (node === undefined || node.id === '')
    throw new StreamError(STATUS.invalidArgument, 'the first request has no node.id');
  return node;
}
