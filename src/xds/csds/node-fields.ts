/** A node as the fields of `envoy.config.core.v3.Node`, as far as the server stores them. */
import type { XdsNode } from '../wire/xds-node.js';

export function nodeFields(node: XdsNode): object {
  const { id, cluster, locality, metadata, userAgentName, userAgentVersion, clientFeatures } = node;
  return {
    id,
    cluster,
    locality,
    metadata: structOf(metadata),
    userAgentName,
    ...(userAgentVersion !== '' && { userAgentVersion }),
    clientFeatures,
  };
}

/** `google.protobuf.Struct`. Not by its JSON form, which does not have all numbers that a client may send. */
function structOf(value: object): object {
  return { fields: Object.fromEntries(Object.entries(value).map(([key, item]) => [key, valueOf(item)])) };
}

function valueOf(value: unknown): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { numberValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) return { listValue: { values: value.map(valueOf) } };
  return typeof value === 'object' && value !== null ? { structValue: structOf(value) } : { nullValue: 'NULL_VALUE' };
}
