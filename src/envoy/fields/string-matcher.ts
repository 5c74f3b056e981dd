/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/type/matcher/v3/string.proto */
import type { StringMatcher } from '../../generated/envoy.js';
import type { TextMatch } from '../../mesh/policies/requests/request-matchers.js';

export function toStringMatcher({ type, text, ignoreCase }: TextMatch): StringMatcher {
  const folded = ignoreCase ? { ignoreCase } : {};
  switch (type) {
    case 'exact':
      return { exact: text, ...folded };
    case 'prefix':
      return { prefix: text, ...folded };
    case 'suffix':
      return { suffix: text, ...folded };
    case 'regex':
      return { safeRegex: { regex: text } };
  }
}
