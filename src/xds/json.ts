/**
 * `lifeboat/xds/json`: resources from the JSON in which Envoy's documentation and its `config_dump` write them, for
 * programs without a protobuf library. Apart from `lifeboat/xds`, which loads no descriptors.
 */
import type { EnvoyMessages } from '../generated/envoy.js';
import { type EnvoyMessageName, encodeMessage } from '../proto/envoy-types.js';
import { type EncodedResource, type ResourceOptions, encodeResource } from './resource.js';

export type { Any, EnvoyMessages, JsonObject, JsonValue } from '../generated/envoy.js';
export type { EnvoyMessageName } from '../proto/envoy-types.js';

const PREFIX = 'type.googleapis.com/';

/**
 * A resource from a message in canonical proto JSON: names of fields in lowerCamelCase, durations as `'1s'`, an `Any` with
 * its `@type`. Equal messages give equal bytes, whatever the order of their keys. It knows the messages that Lifeboat itself
 * sends (`EnvoyMessageName`), and what they contain; for others there is `encodeMessage` of `lifeboat/xds`.
 * Throws an Error for a type or a field that it does not know, and for a value that the field cannot hold.
 * https://protobuf.dev/programming-guides/json/
 */
export function encodeJson<Name extends EnvoyMessageName>(
  typeUrl: `type.googleapis.com/${Name}`,
  name: string,
  message: EnvoyMessages[Name],
  options: ResourceOptions = {},
): EncodedResource {
  const bytes = encodeMessage(typeUrl.slice(PREFIX.length) as Name, message);
  return encodeResource(typeUrl, name, bytes, options);
}
