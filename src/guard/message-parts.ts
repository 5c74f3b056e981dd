/** The parts of messages, looked at where they lie in their bytes. */
import { type EnvoyMessageName, envoyType } from '../proto/envoy-types.js';
import { fieldsOf } from '../proto/wire-reader.js';
import type { Rejection } from './rejection.js';

/** What Envoy checks of a message in its code. */
export type CodeCheck = (bytes: Buffer) => Rejection | undefined;

export const LARGEST_UINT32 = 0xffff_ffff;

/** The texts of a field of the message, those of its parts not included. */
export function textsOf(bytes: Buffer, id: number): readonly string[] {
  return fieldsOf(bytes, id).map((part) => part.toString());
}

export function decode(name: EnvoyMessageName, bytes: Buffer): unknown {
  return envoyType(name).decode(bytes);
}
