/**
 * Resources from messages of any protobuf library. Uses only what the libraries have in common.
 */
import { type EncodedResource, type ResourceOptions, encodeResource } from './resource.js';

/**
 * Encodes messages of one type. A `Type` of protobufjs, and the code that pbjs and ts-proto generate for a message, can be used directly. For
 * `@bufbuild/protobuf`, use `{ encode: (message) => ({ finish: () => toBinary(ClusterSchema, message) }) }`.
 */
export interface MessageType<Message> {
  encode(message: Message): { finish(): Uint8Array };
}

/** A `google.protobuf.Any`, with the field names of the libraries. */
export type ResourceAny =
  { readonly typeUrl: string; readonly value: Uint8Array } | { readonly type_url: string; readonly value: Uint8Array };

/**
 * A resource from a message and its type. Its version is a hash of the bytes, so equal messages must give equal bytes: fill maps in the same
 * order, or set a version. Errors of the type are thrown.
 */
export function encodeMessage<Message>(
  typeUrl: string,
  name: string,
  message: Message,
  type: MessageType<Message>,
  options: ResourceOptions = {},
): EncodedResource {
  return encodeResource(typeUrl, name, type.encode(message).finish(), options);
}

/** A resource from a message in an `Any`, which contains its type. */
export function encodeAny(name: string, any: ResourceAny, options: ResourceOptions = {}): EncodedResource {
  return encodeResource('typeUrl' in any ? any.typeUrl : any.type_url, name, any.value, options);
}
