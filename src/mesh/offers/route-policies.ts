/** From the policies on a destination to its routes: which requests each is for, and which settings count for them. */
import type { TrafficPolicySpec_Policy as Policy } from '../../generated/resources.js';
import type { RequestMatcher } from '../policies/requests/request-matchers.js';
import { bySpecificity } from '../policies/requests/request-specificity.js';
import type { AcceptedPolicy } from '../policies/traffic-policies.js';

export interface RoutePolicy {
  /** Alternatives; empty for every request. */
  readonly matchers: readonly RequestMatcher[];
  readonly settings: Policy;
}

/** The policies for requests that meet a condition. Field by field the first of them wins. */
export interface MatchedPolicies {
  readonly matcher: RequestMatcher;
  readonly policies: readonly AcceptedPolicy[];
}

/** First match first, then the policies for all other requests. */
export interface OrderedPolicies {
  readonly matched: readonly MatchedPolicies[];
  readonly general: readonly AcceptedPolicy[];
}

/**
 * A route for each condition, the most specific first, then one for all other requests. Settings that a policy with conditions leaves
 * open come from those without.
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

/** Among policies for the same requests, one for some clients counts before one for all, then the older before the younger. */
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

/** Field by field the first policy wins. */
export function mergeFields(policies: readonly AcceptedPolicy[]): Policy {
  return Object.assign({}, ...policies.map(({ fields }) => fields).reverse()) as Policy;
}
