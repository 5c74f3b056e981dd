/**
 * Messages of the services beside discovery, by the compiled descriptors: there are few of them, so that they need no code
 * of their own.
 */
import { type EnvoyMessageName, envoyType } from '../../proto/envoy-types.js';
import { WireError } from './reader.js';

/**
 * The fields of a message in the names of JSON: absent ones at their defaults, 64-bit integers as numbers or as objects
 * that `Number` takes. The caller says what it is. Throws WireError for bytes that are no such message.
 */
export function decodeProto(name: EnvoyMessageName, bytes: Buffer): unknown {
  try {
    return envoyType(name).decode(bytes);
  } catch (error) {
    throw new WireError(String(error));
  }
}

/** The bytes of a message given by the names of JSON; enums by name. */
export function encodeProto(name: EnvoyMessageName, fields: Readonly<Record<string, unknown>>): Buffer {
  const type = envoyType(name);
  const bytes = type.encode(type.fromObject(fields)).finish();
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** `google.protobuf.Timestamp` or `Duration` of these milliseconds. */
export function secondsAndNanos(ms: number): { readonly seconds: number; readonly nanos: number } {
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanos: Math.round((ms - seconds * 1000) * 1e6) };
}
