/** https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#custom-request-response-headers */
import type { HeaderValueOption, WeightedCluster_ClusterWeight as ClusterWeight } from '../../generated/envoy.js';
import type { HeaderChanges } from '../../mesh/policies/requests/request-actions.js';

/** The header fields that a route and a weighted cluster have in common. */
export type HeaderFields = Pick<
  ClusterWeight,
  'requestHeadersToAdd' | 'requestHeadersToRemove' | 'responseHeadersToAdd' | 'responseHeadersToRemove'
>;

export function toHeaderFields(changes: HeaderChanges | undefined): HeaderFields {
  if (changes === undefined) return {};
  return {
    requestHeadersToAdd: changes.addToRequest.map(toOption),
    requestHeadersToRemove: changes.removeFromRequest,
    responseHeadersToAdd: changes.addToResponse.map(toOption),
    responseHeadersToRemove: changes.removeFromResponse,
  };
}

function toOption([key, value]: readonly [string, string]): HeaderValueOption {
  return {
    header: { key, value: literalPercents(value) },
    appendAction: 'APPEND_IF_EXISTS_OR_ADD',
    keepEmptyValue: true,
  };
}

/**
 * Envoy's variables in header values. Any other percent sign is escaped, because Envoy would reject all routes of the port for one that
 * it cannot parse.
 */
const variables =
  /%(?:REQ\([A-Za-z0-9:_-]+\)|DOWNSTREAM_REMOTE_ADDRESS(?:_WITHOUT_PORT)?|DOWNSTREAM_LOCAL_ADDRESS(?:_WITHOUT_PORT)?|UPSTREAM_HOST|UPSTREAM_CLUSTER|HOSTNAME|PROTOCOL|START_TIME|RESPONSE_FLAGS|REQUESTED_SERVER_NAME)%|%/g;

function literalPercents(value: string): string {
  return value.replaceAll(variables, (found) => (found === '%' ? '%%' : found));
}
