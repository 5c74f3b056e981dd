/**
 * `lifeboat/xds/json`: resources from the JSON in which Envoy's documentation and its `config_dump` write them, for
 * programs without a protobuf library. Apart from `lifeboat/xds`, which loads no descriptors.
 */
import type { EnvoyMessages } from '../generated/envoy.js';
import { formatRejection, rejectionOf } from '../guard/index.js';
import { encodeAnyJson } from '../proto/any-json.js';
import type { EnvoyMessageName } from '../proto/envoy-types.js';
import { type EncodedResource, type ResourceOptions, encodeResource } from './resources/resource.js';

export type { Any, EnvoyMessages, JsonObject, JsonValue } from '../generated/envoy.js';
export type { EnvoyMessageName } from '../proto/envoy-types.js';

const PREFIX = 'type.googleapis.com/';

/** A message as its own type or as `config_dump` prints it. */
export type ResourceJson<Name extends EnvoyMessageName> =
  EnvoyMessages[Name] | { readonly '@type': string; readonly [field: string]: unknown };

/**
 * A resource from a message in proto JSON: names of fields in lowerCamelCase or as in Envoy's .proto files (`connect_timeout`), durations
 * as `'1s'`, an `Any` with its `@type`; a `@type` of the message itself must be that of `typeUrl`. Equal messages give equal bytes,
 * whatever the order of their keys. It knows the messages of `EnvoyMessageName`: Envoy's resources and extensions; for others there is
 * `encodeMessage` of `lifeboat/xds`.
 * Throws an Error for a type or a field that it does not know, for a value that the field cannot hold, and for a message that has another
 * name than the resource. The Error says which field: `filterChains[0].filters[0].typedConfig.statPrefix`.
 * https://protobuf.dev/programming-guides/json/
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

/** The fields that hold a resource's name; the resources of other types have none. */
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

/** Envoy looks for the resource by the name that it asked for, and finds it in the message by its own. */
function checkName(typeUrl: string, name: string, json: Readonly<Record<string, unknown>>): void {
  const field = NAME_FIELDS[typeUrl.slice(PREFIX.length)];
  if (field === undefined || (json[field] ?? '') === name) return;
  throw new Error(
    `${field}: the message is called ${JSON.stringify(json[field] ?? '')}, and the resource ${JSON.stringify(name)}`,
  );
}

/**
 * Why Envoy would reject a resource: the field, and what is wrong with it, by the rules in Envoy's .proto files and by what it checks
 * besides, such as regular expressions and domains that stand twice. `undefined` for a sound one, and for messages that are not known.
 * Made for the option `check` of `ResourceStore`.
 */
export function rejectedByEnvoy({ typeUrl, value }: Pick<EncodedResource, 'typeUrl' | 'value'>): string | undefined {
  const rejection = rejectionOf(typeUrl.slice(typeUrl.lastIndexOf('/') + 1), value);
  return rejection && formatRejection(rejection);
}
