/** Who the client of a stream is: what its first request says. */
import { hash } from 'node:crypto';
import type { XdsNode } from '../wire/xds-node.js';
import { STATUS, StreamError } from '../transport/message-stream.js';
import { decodeNode } from '../wire/node.js';

/** It is kept as long as the stream lives. */
const MAX_NODE_BYTES = 1 << 20;

/** 22 base64 digits: 128 bits of SHA-256. */
const IDENTITY_LENGTH = 22;

/**
 * The same text when the client comes back, and of one length whatever the client says. A client that was updated meanwhile is
 * another one: it holds nothing of before.
 */
export function identityOf({ id, userAgentName, userAgentVersion }: XdsNode): string {
  return hash('sha256', `${id}\n${userAgentName} ${userAgentVersion}`, 'base64url').slice(0, IDENTITY_LENGTH);
}

/** The node in these bytes. Throws StreamError where there is none, or none that is named; WireError for other bytes. */
export function identify(bytes: Buffer | undefined): XdsNode {
  if (bytes !== undefined && bytes.length > MAX_NODE_BYTES)
    throw new StreamError(STATUS.invalidArgument, 'the node is too large');
  const node = bytes === undefined ? undefined : decodeNode(bytes);
  if (node === undefined || node.id === '')
    throw new StreamError(STATUS.invalidArgument, 'the first request has no node.id');
  return node;
}
