/** The routes of a destination, from the policies on it: which requests each route matches, and which settings apply to them. */
import type { TrafficPolicySpec_Policy as Policy } from '../../generated/resources.js';
import type { RequestMatcher } from '../policies/requests/request-matchers.js';
import { bySpecificity } from '../policies/requests/request-specificity.js';
import type { AcceptedPolicy } from '../policies/traffic-policies.js';

export interface RoutePolicy {
  /** The route matches a request that meets one of these. Empty: every request. */
  readonly matchers: readonly RequestMatcher[];
  readonly settings: Policy;
}

/** The policies for requests that meet a matcher. For each field, the first policy with the field wins. */
export interface MatchedPolicies {
  readonly matcher: RequestMatcher;
  readonly policies: readonly AcceptedPolicy[];
}

/** The matchers in the order of their routes, then the policies for all other requests. */
export interface OrderedPolicies {
  readonly matched: readonly MatchedPolicies[];
  readonly general: readonly AcceptedPolicy[];
}

/**
 * One route for each matcher, the most specific first, then one for all other requests. A setting that no policy with the matcher has
 * comes from the policies without matchers.
 *
 * @param accepted the policies on a destination, oldest first
 * @param sources the texts of the source selectors that the client matches
 */
export function routePolicies(accepted: readonly AcceptedPolicy[], sources: readonly string[]): readonly RoutePolicy[] {
  const { matched, general } = orderPolicies(accepted, sources);
  const common = mergeFields(general);
  return [
    ...matched.map(({ matcher, policies }) => ({
      matchers: [matcher],
      settings: { ...common, ...mergeFields(policies) },
    })),
    { matchers: [], settings: common },
  ];
}

/** For the same requests, a policy for some clients takes precedence over one for all clients, then the older over the younger. */
export function orderPolicies(accepted: readonly AcceptedPolicy[], sources: readonly string[]): OrderedPolicies {
  const selective = accepted.filter((policy) => sources.includes(policy.sources));
  const counting = [...selective, ...accepted.filter((policy) => policy.sources === '')];
  const alike = new Map<string, { readonly matcher: RequestMatcher; readonly policies: AcceptedPolicy[] }>();
  for (const policy of counting) {
    for (const matcher of policy.matchers) {
      const key = JSON.stringify(matcher);
      const known = alike.get(key) ?? { matcher, policies: [] };
      alike.set(key, known);
      if (known.policies.at(-1) !== policy) known.policies.push(policy);
    }
  }
  const matched = [...alike.values()].sort((a, b) => bySpecificity(a.matcher, b.matcher));
  return { matched, general: counting.filter(({ matchers }) => matchers.length === 0) };
}

/** For each field, the first policy with the field wins. */
export function mergeFields(policies: readonly AcceptedPolicy[]): Policy {
  return Object.assign({}, ...policies.map(({ fields }) => fields).reverse()) as Policy;
}
