/** From the policies on a destination to its routes: which requests each is for, and which settings count for them. */
import type { TrafficPolicySpec_Policy as Policy } from '../../generated/resources.js';
import type { RequestMatcher } from '../policies/request-matchers.js';
import type { AcceptedPolicy } from '../policies/traffic-policies.js';

export interface RoutePolicy {
  /** Alternatives; empty for every request. */
  readonly matchers: readonly RequestMatcher[];
  readonly settings: Policy;
}

/**
 * Policies with matchers come before those without, each alike policies together; the last route is for all other requests. Settings
 * that a policy with matchers leaves open come from those without. A policy for some clients counts before one for all, then the
 * older before the younger.
 *
 * @param accepted the policies on a destination, oldest first
 * @param sources the texts of the source selectors that the client matches
 */
export function routePolicies(accepted: readonly AcceptedPolicy[], sources: readonly string[]): readonly RoutePolicy[] {
  const selective = accepted.filter((policy) => sources.includes(policy.sources));
  const counting = [...selective, ...accepted.filter((policy) => policy.sources === '')];
  const general = merge(counting.filter(({ matchers }) => matchers.length === 0));
  const alike = new Map<string, AcceptedPolicy[]>();
  for (const policy of counting) {
    if (policy.matchers.length === 0) continue;
    const key = JSON.stringify(policy.matchers);
    alike.set(key, [...(alike.get(key) ?? []), policy]);
  }
  const specific = [...alike.values()].map((policies) => ({
    matchers: policies[0]?.matchers ?? [],
    settings: { ...general, ...merge(policies) },
  }));
  return [...specific, { matchers: [], settings: general }];
}

/** Field by field the first policy wins. */
function merge(policies: readonly AcceptedPolicy[]): Policy {
  return Object.assign({}, ...policies.map(({ fields }) => fields).reverse()) as Policy;
}
