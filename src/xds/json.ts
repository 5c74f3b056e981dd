/**
 * `lifeboat/xds/json`: resources from proto JSON, the format of Envoy's documentation and `config_dump`, for programs without a protobuf
 * library. Separate from `lifeboat/xds`, which loads no descriptors.
 */
import type { EnvoyMessages } from '../generated/envoy.js';
import { formatRejection, rejectionOf } from '../guard/index.js';
import { encodeAnyJson } from '../proto/any-json.js';
import type { EnvoyMessageName } from '../proto/envoy-types.js';
import { type EncodedResource, type ResourceOptions, encodeResource } from './resources/resource.js';

export type { Any, EnvoyMessages, JsonObject, JsonValue } from '../generated/envoy.js';
export type { EnvoyMessageName } from '../proto/envoy-types.js';

const PREFIX = 'type.googleapis.com/';

/** A message, or a message with its type as `config_dump` prints it. */
export type ResourceJson<Name extends EnvoyMessageName> =
  EnvoyMessages[Name] | { readonly '@type': string; readonly [field: string]: unknown };

/**
 * A resource from a message in proto JSON: field names in lowerCamelCase or as in the .proto files (`connect_timeout`), durations as `'1s'`,
 * an `Any` with its `@type`. A `@type` of the message itself must be `typeUrl`. Equal messages give equal bytes, in any order of keys.
 * Supports the messages in `EnvoyMessageName`: Envoy's resources and extensions. For other messages, use `encodeMessage` of `lifeboat/xds`.
 * https://protobuf.dev/programming-guides/json/
 *
 * @throws Error for an unknown type or field, for a value that the field cannot hold, and for a message with another name than the
 * resource. The message names the field: `filterChains[0].filters[0].typedConfig.statPrefix`.
 */
export function encodeJson<Name extends EnvoyMessageName>(
  typeUrl: `type.googleapis.com/${Name}`,
  name: string,
  message: ResourceJson<Name>,
  options: ResourceOptions = {},
): EncodedResource {
  const { bytes, json } = encodeAnyJson(typeUrl.slice(PREFIX.length), message);
  checkName(typeUrl, name, json);
  return encodeResource(typeUrl, name, bytes, options);
}

/** The field with the name of a resource. Resources of other types contain no name. */
const NAME_FIELDS: Readonly<Record<string, string>> = {
  'envoy.config.cluster.v3.Cluster': 'name',
  'envoy.config.endpoint.v3.ClusterLoadAssignment': 'clusterName',
  'envoy.config.listener.v3.Listener': 'name',
  'envoy.config.route.v3.RouteConfiguration': 'name',
  'envoy.config.route.v3.ScopedRouteConfiguration': 'name',
  'envoy.extensions.transport_sockets.tls.v3.Secret': 'name',
  'envoy.service.runtime.v3.Runtime': 'name',
  'envoy.config.core.v3.TypedExtensionConfig': 'name',
};

/** Envoy asks for a resource by one name, but uses the name in the message, so both must be equal. */
function checkName(typeUrl: string, name: string, json: Readonly<Record<string, unknown>>): void {
  const field = NAME_FIELDS[typeUrl.slice(PREFIX.length)];
  if (field === undefined || (json[field] ?? '') === name) return;
  throw new Error(
    `${field}: the message is called ${JSON.stringify(json[field] ?? '')}, and the resource ${JSON.stringify(name)}`,
  );
}

/**
 * Why Envoy would reject a resource: the field, and its problem. Checks the rules in Envoy's .proto files, and what Envoy checks in code, such
 * as regular expressions and duplicate domains. `undefined` for a valid resource, and for unknown messages. For the option `check` of
 * `ResourceStore`.
 */
export function rejectedByEnvoy({ typeUrl, value }: Pick<EncodedResource, 'typeUrl' | 'value'>): string | undefined {
  const rejection = rejectionOf(typeUrl.slice(typeUrl.lastIndexOf('/') + 1), value);
  return rejection && formatRejection(rejection);
}
