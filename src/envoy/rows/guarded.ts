/** Encoded messages with the result of the guard. */
import type { EnvoyMessages } from '../../generated/envoy.js';
import { formatRejection, rejectionOf } from '../../guard/index.js';
import { type EnvoyMessageName, encodeEnvoyMessage } from '../../proto/envoy-types.js';

export interface GuardedBytes {
  readonly bytes: Uint8Array;
  /** Why Envoy would reject the message: the field and its problem. Such a message must not be sent. */
  readonly rejection?: string;
}

/** A part of a message that Envoy would reject. The bytes do not contain it. */
export interface LeftOut {
  /** The name of the part: the name of a virtual host, the address of an endpoint. */
  readonly name: string;
  readonly rejection: string;
}

/** Never throws. A message that cannot be encoded has a rejection and no bytes. */
export function encodeGuarded<Name extends EnvoyMessageName>(name: Name, json: EnvoyMessages[Name]): GuardedBytes {
  try {
    return guardedBytes(name, encodeEnvoyMessage(name, json));
  } catch (error) {
    return { bytes: new Uint8Array(), rejection: error instanceof Error ? error.message : String(error) };
  }
}

export function guardedBytes(name: EnvoyMessageName, bytes: Uint8Array): GuardedBytes {
  const rejection = rejectionOf(name, bytes);
  return rejection === undefined ? { bytes } : { bytes, rejection: formatRejection(rejection) };
}
