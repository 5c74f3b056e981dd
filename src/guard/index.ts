/**
 * The guard: whether Envoy would reject a message, by the `validate.rules` of its .proto files and the checks in its code. It must not
 * know where messages come from.
 */
import { lazy } from '../proto/lazy.js';
import { WireError } from '../proto/wire-reader.js';
import { checkAddresses } from './endpoint-checks.js';
import { MessageChecker } from './message-check.js';
import type { Rejection } from './rejection.js';

export type { Rejection } from './rejection.js';

const checker = lazy(() => new MessageChecker());

const LOAD_ASSIGNMENT = 'envoy.config.endpoint.v3.ClusterLoadAssignment';

/**
 * Why Envoy would reject a message; `undefined` if no check fails, and for messages that are not compiled
 * (`proto/envoy-messages.txt`). `name`: full name of the message.
 */
export function rejectionOf(name: string, bytes: Uint8Array): Rejection | undefined {
  try {
    const rejection = checker().rejectionOf(name, bytes);
    if (rejection !== undefined || name !== LOAD_ASSIGNMENT) return rejection;
    return checkAddresses(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  } catch (error) {
    if (error instanceof WireError) return { path: '', problem: `is not a valid message: ${error.message}` };
    throw error;
  }
}

/** `virtualHosts[0].domains: must not be empty`. */
export function formatRejection({ path, problem }: Rejection): string {
  return path === '' ? problem : `${path}: ${problem}`;
}
