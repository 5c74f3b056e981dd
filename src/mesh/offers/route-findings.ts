/** Warnings about policies that never apply, because matchers of other policies take all of their requests first. */
import type { Diagnostic } from '../../api/diagnostic.js';
import type { FieldPath, ResourceRef } from '../../api/resource.js';
import { collectFindings } from '../model/finding.js';
import { coversRequests } from '../policies/requests/request-specificity.js';
import type { AcceptedPolicy } from '../policies/traffic-policies.js';
import { type MatchedPolicies, type OrderedPolicies, orderPolicies } from './route-policies.js';

/** @param onTargets the policies on each destination that the policy selects, oldest first */
export function hiddenRouteFindings(
  ref: ResourceRef,
  key: string,
  onTargets: readonly (readonly AcceptedPolicy[])[],
): readonly Diagnostic[] {
  const findings = collectFindings(ref);
  const told = new Set<string>();
  const tell = (path: FieldPath, message: string): void => {
    const text = JSON.stringify([path, message]);
    if (!told.has(text)) findings.warning('UnreachableRoute', path, message);
    told.add(text);
  };
  for (const accepted of onTargets) {
    const policy = accepted.find((candidate) => candidate.policy === key);
    if (policy === undefined || routeFields(policy).length === 0) continue;
    const ordered = orderPolicies(accepted, policy.sources === '' ? [] : [policy.sources]);
    if (policy.matchers.length === 0) tellGeneral(policy, ordered, tell);
    else tellMatched(policy, ordered, tell);
  }
  return findings.all;
}

type Tell = (path: FieldPath, message: string) => void;

/** Settings of the whole cluster. They need no route. */
const clusterFields: ReadonlySet<string> = new Set(['outlierDetection', 'mtls', 'connectionPoolSettings']);

function routeFields({ fields }: AcceptedPolicy): readonly string[] {
  return Object.keys(fields).filter((field) => !clusterFields.has(field));
}

function tellMatched(policy: AcceptedPolicy, { matched }: OrderedPolicies, tell: Tell): void {
  matched.forEach((route, at) => {
    if (!route.policies.includes(policy)) return;
    const path = [
      'spec',
      'httpRequestMatchers',
      policy.matchers.findIndex((matcher) => JSON.stringify(matcher) === JSON.stringify(route.matcher)),
    ];
    const hiding = matched
      .slice(0, at)
      .find(({ matcher, policies }) => !policies.includes(policy) && coversRequests(matcher, route.matcher));
    if (hiding !== undefined)
      tell(
        path,
        `This condition never applies, because every matching request also matches a condition of TrafficPolicy ${ownerOf(hiding)}, which takes precedence.`,
      );
    else tellOverridden(policy, route, path, tell);
  });
}

/** For policies with the same matcher. */
function tellOverridden(policy: AcceptedPolicy, { policies }: MatchedPolicies, path: FieldPath, tell: Tell): void {
  const before = policies.slice(0, policies.indexOf(policy));
  for (const field of routeFields(policy)) {
    const owner = before.find(({ fields }) => field in fields);
    if (owner !== undefined)
      tell(
        path,
        `${field} does not apply to requests that match this condition: TrafficPolicy ${owner.policy} also applies to them, takes precedence, and sets it.`,
      );
  }
}

/** For a policy without matchers: other policies' matchers may together match every request. */
function tellGeneral(policy: AcceptedPolicy, { matched }: OrderedPolicies, tell: Tell): void {
  const last = matched.findIndex(({ matcher }) => coversRequests(matcher, { headers: [], queryParameters: [] }));
  const reached = matched.slice(0, last + 1);
  for (const field of last < 0 ? [] : routeFields(policy)) {
    const owners = reached.map(({ policies }) => policies.find(({ fields }) => field in fields));
    const owner = owners.includes(undefined) ? undefined : owners.at(-1);
    if (owner !== undefined)
      tell(
        ['spec', 'policy', field],
        `${field} does not apply: every request matches a condition of TrafficPolicy ${owner.policy}, which takes precedence and sets it.`,
      );
  }
}

function ownerOf({ policies }: MatchedPolicies): string {
  return policies[0]?.policy ?? '';
}
