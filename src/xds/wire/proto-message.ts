/**
 * Messages of the services besides discovery, by their descriptors. There are few of them, so they need no faster code.
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

/** Encodes a message from fields with the names of proto JSON, and enums by name. */
export function encodeProto(name: EnvoyMessageName, fields: Readonly<Record<string, unknown>>): Buffer {
  const type = envoyType(name);
  const bytes = type.encode(type.fromObject(fields)).finish();
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The fields of `google.protobuf.Timestamp` or `Duration` for a number of milliseconds. */
export function secondsAndNanos(ms: number): { readonly seconds: number; readonly nanos: number } {
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanos: Math.round((ms - seconds * 1000) * 1e6) };
}
