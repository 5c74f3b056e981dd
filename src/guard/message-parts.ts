/** The parts of messages, looked at where they lie in their bytes. */
import { type EnvoyMessageName, envoyType } from '../proto/envoy-types.js';
import { LENGTH_DELIMITED, WireReader } from '../proto/wire-reader.js';
import type { Refusal } from './refusal.js';

/** What Envoy checks of a message in its code. */
export type CodeCheck = (bytes: Buffer) => Refusal | undefined;

export const LARGEST_UINT32 = 0xffff_ffff;

/** The texts of a field of the message, those of its parts not included. */
export function textsOf(bytes: Buffer, id: number): readonly string[] {
  return spansOf(bytes, id).map((part) => part.toString());
}

/** The parts of a field, as bytes. */
export function spansOf(bytes: Buffer, id: number): readonly Buffer[] {
  const parts: Buffer[] = [];
  const reader = new WireReader(bytes);
  while (!reader.done) {
    const tag = reader.tag();
    if (tag >>> 3 !== id || (tag & 7) !== LENGTH_DELIMITED) reader.skip(tag);
    else parts.push(reader.bytes.subarray(reader.span(tag), reader.position));
  }
  return parts;
}

export function decode(name: EnvoyMessageName, bytes: Buffer): unknown {
  return envoyType(name).decode(bytes);
}
