/**
 * Resources from messages of whatever protobuf library the program has. Knows what such libraries have in common, and no
 * library.
 */
import { type EncodedResource, type ResourceOptions, encodeResource } from './resource.js';

/**
 * Makes bytes of messages of one type. A `Type` of protobufjs and what pbjs or ts-proto generate for a message are such as
 * they are; for `@bufbuild/protobuf` write
 * `{ encode: (message) => ({ finish: () => toBinary(ClusterSchema, message) }) }`.
 */
export interface MessageType<Message> {
  encode(message: Message): { finish(): Uint8Array };
}

/** A `google.protobuf.Any`, in the field names that libraries give it. */
export type ResourceAny =
  { readonly typeUrl: string; readonly value: Uint8Array } | { readonly type_url: string; readonly value: Uint8Array };

/**
 * A resource from a message and its type. The version is a hash of the bytes, so equal messages should give equal bytes:
 * fill maps in one order, or say a version. Throws what the type throws.
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

/** A resource from a message that is packed with its type already. */
export function encodeAny(name: string, any: ResourceAny, options: ResourceOptions = {}): EncodedResource {
  return encodeResource('typeUrl' in any ? any.typeUrl : any.type_url, name, any.value, options);
}
