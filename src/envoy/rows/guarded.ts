/** Messages as bytes that are known to be taken by Envoy, or with the reason why they would not be. */
import type { EnvoyMessages } from '../../generated/envoy.js';
import { formatRejection, rejectionOf } from '../../guard/index.js';
import { type EnvoyMessageName, encodeEnvoyMessage } from '../../proto/envoy-types.js';

export interface GuardedBytes {
  readonly bytes: Uint8Array;
  /** Why Envoy would reject it: it must not be sent. The field, and what is wrong with it. */
  readonly rejection?: string;
}

/** A part of a message that Envoy would reject, and that is not in its bytes. */
export interface LeftOut {
  /** What the part is called: a virtual host by its name, an endpoint by its address. */
  readonly name: string;
  readonly rejection: string;
}

/** Never throws: what cannot be encoded is rejected with no bytes. */
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
