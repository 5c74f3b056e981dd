/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-routematch */
import type { HeaderMatcher, RouteMatch } from '../../generated/envoy.js';
import {
  type NamedMatch,
  type RequestMatcher,
  type TextMatch,
  suffixRegex,
} from '../../mesh/policies/requests/request-matchers.js';
import { toStringMatcher } from '../fields/string-matcher.js';

export const everyRequest: RequestMatcher = { headers: [], queryParameters: [] };

/** `methods`: a regular expression for the method, if the matcher has no method. */
export function toRouteMatch(matcher: RequestMatcher, methods?: string): RouteMatch {
  const headers = [...matcher.headers.map(toHeaderMatcher), ...methodMatchers(matcher, methods)];
  return {
    ...toPath(matcher.path),
    ...(headers.length > 0 && { headers }),
    ...(matcher.queryParameters.length > 0 && {
      queryParameters: matcher.queryParameters.map(({ name, match }) => ({
        name,
        ...(match ? { stringMatch: toStringMatcher(match) } : { presentMatch: true }),
      })),
    }),
  };
}

function toPath(path: TextMatch | undefined): RouteMatch {
  if (path === undefined) return { prefix: '/' };
  const folded = path.ignoreCase ? { caseSensitive: false } : {};
  switch (path.type) {
    case 'exact':
      return { path: path.text, ...folded };
    case 'prefix':
      return { prefix: path.text, ...folded };
    case 'suffix':
      return { safeRegex: { regex: suffixRegex(path) } };
    case 'regex':
      return { safeRegex: { regex: path.text } };
  }
}

/** Without `treatMissingHeaderAsEmpty`, a missing header matches nothing, not even an inverted condition. */
function toHeaderMatcher({ name, match, inverted }: NamedMatch): HeaderMatcher {
  if (match === undefined) return { name, presentMatch: true, ...(inverted && { invertMatch: true }) };
  return {
    name,
    stringMatch: toStringMatcher(match),
    ...(inverted && { invertMatch: true, treatMissingHeaderAsEmpty: true }),
  };
}

function methodMatchers({ method }: RequestMatcher, methods: string | undefined): readonly HeaderMatcher[] {
  if (method !== undefined) return [{ name: ':method', stringMatch: { exact: method } }];
  return methods === undefined ? [] : [{ name: ':method', stringMatch: { safeRegex: { regex: methods } } }];
}
