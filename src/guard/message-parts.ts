/** Reads parts of messages in their encoded bytes. */
import { type EnvoyMessageName, envoyType } from '../proto/envoy-types.js';
import { fieldsOf } from '../proto/wire-reader.js';
import type { Rejection } from './rejection.js';

/** A check of a message in Envoy's code. */
export type CodeCheck = (bytes: Buffer) => Rejection | undefined;

export const LARGEST_UINT32 = 0xffff_ffff;

/** The string values of a field of the message, without those of nested messages. */
export function textsOf(bytes: Buffer, id: number): readonly string[] {
  return fieldsOf(bytes, id).map((part) => part.toString());
}

export function decode(name: EnvoyMessageName, bytes: Buffer): unknown {
  return envoyType(name).decode(bytes);
}
