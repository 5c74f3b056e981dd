/** The HTTP filters of listeners, and their configuration in routes. */
import type { Any, HttpFilter } from '../../generated/envoy.js';
import type { Cors, Fault, RequestActions } from '../../mesh/policies/requests/request-actions.js';
import { packAny } from '../../proto/envoy-types.js';
import { toDuration } from './duration.js';
import { toFraction } from './fraction.js';
import { toStringMatcher } from './string-matcher.js';

const CORS = 'envoy.filters.http.cors';
const FAULT = 'envoy.filters.http.fault';

export const faultFilter: HttpFilter = {
  name: FAULT,
  typedConfig: packAny('envoy.extensions.filters.http.fault.v3.HTTPFault', {}),
};

/** The last filter of every listener. */
export const routerFilter: HttpFilter = {
  name: 'envoy.filters.http.router',
  typedConfig: packAny('envoy.extensions.filters.http.router.v3.Router', {}),
};

/**
 * Filters for routes. Every listener has them, because adding a filter later makes Envoy drain the listener. CORS comes first, so that web
 * pages can read the response of an injected fault, and preflight requests get no fault.
 */
export const routeFilters: readonly HttpFilter[] = [
  { name: CORS, typedConfig: packAny('envoy.extensions.filters.http.cors.v3.Cors', {}) },
  faultFilter,
];

/** By name of the filter. Empty if the route uses none. */
export function toFilterConfig(actions: RequestActions): Readonly<Record<string, Any>> {
  return {
    ...(actions.cors && { [CORS]: toCors(actions.cors) }),
    ...(actions.fault && { [FAULT]: toFault(actions.fault) }),
  };
}

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/http/fault/v3/fault.proto */
function toFault({ percentage, delayMs, abortStatus }: Fault): Any {
  const share = { percentage: toFraction(percentage) };
  return packAny('envoy.extensions.filters.http.fault.v3.HTTPFault', {
    ...(delayMs !== undefined && { delay: { fixedDelay: toDuration(delayMs), ...share } }),
    ...(abortStatus !== undefined && { abort: { httpStatus: abortStatus, ...share } }),
  });
}

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/http/cors/v3/cors.proto */
function toCors({ allowOrigins, allowMethods, allowHeaders, exposeHeaders, maxAgeMs, allowCredentials }: Cors): Any {
  return packAny('envoy.extensions.filters.http.cors.v3.CorsPolicy', {
    allowOriginStringMatch: allowOrigins.map(toStringMatcher),
    ...(allowMethods.length > 0 && { allowMethods: allowMethods.join(',') }),
    ...(allowHeaders.length > 0 && { allowHeaders: allowHeaders.join(',') }),
    ...(exposeHeaders.length > 0 && { exposeHeaders: exposeHeaders.join(',') }),
    ...(maxAgeMs !== undefined && { maxAge: String(Math.round(maxAgeMs / 1000)) }),
    ...(allowCredentials !== undefined && { allowCredentials }),
  });
}
