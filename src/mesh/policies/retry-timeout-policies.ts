/**
 * RetryTimeoutPolicies. The API has no route kind. A route that Lifeboat generates for a failover destination has the labels of that
 * destination; a route of a service is selected by its backend.
 */
import { parseDuration } from '../../api/duration.js';
import type { Resource } from '../../api/resource.js';
import type { RetryTimeoutPolicySpec } from '../../generated/resources.js';
import { type Findings, collectFindings } from '../model/finding.js';
import type { PolicyKind } from './selection/policy-targets.js';
import { checkRetries } from './requests/retry-findings.js';
import {
  type TargetSelector,
  checkObjectSelector,
  checkTargetSelector,
  toConditions,
  toTargetSelector,
} from './selection/target-selectors.js';

const selectorsPath = ['spec', 'applyToRoutes'];
const routeKinds = ['VIRTUAL_DESTINATION', 'FAILOVER_SERVICE'] as const;
const destinationKinds = ['SERVICE', 'VIRTUAL_DESTINATION', 'EXTERNAL_SERVICE'] as const;

export const retryTimeoutPolicyKind: PolicyKind<RetryTimeoutPolicySpec> = {
  name: 'RetryTimeoutPolicy',
  check: ({ ref, spec = {} }: Resource<RetryTimeoutPolicySpec>) => {
    const findings = collectFindings(ref);
    const { retries, requestTimeout } = spec.config ?? {};
    if (retries === undefined && requestTimeout === undefined) {
      findings.error(
        'MissingField',
        ['spec', 'config'],
        'A RetryTimeoutPolicy needs at least one of retries and requestTimeout.',
      );
    }
    checkRoutes(findings, spec);
    checkRetries(findings, spec.config ?? {}, ['spec', 'config']);
    return findings.all;
  },
  selectors: routeSelectors,
};

/** A policy without selectors selects the routes of every failover destination of its workspace. */
function routeSelectors({ applyToRoutes = [] }: RetryTimeoutPolicySpec): readonly TargetSelector[] {
  if (applyToRoutes.length === 0) return [{ path: selectorsPath, kinds: routeKinds, conditions: {} }];
  return applyToRoutes.map(({ route = {}, withDestinations }, i): TargetSelector => {
    const at = [...selectorsPath, i];
    if (withDestinations) return toTargetSelector(withDestinations, [...at, 'withDestinations'], destinationKinds);
    return { path: at, kinds: routeKinds, conditions: toConditions(route), workspace: route.workspace };
  });
}

function checkRoutes(findings: Findings, { applyToRoutes }: RetryTimeoutPolicySpec): void {
  applyToRoutes?.forEach(({ route, withDestinations }, i) => {
    const at = [...selectorsPath, i];
    if (route) checkObjectSelector(findings, route, [...at, 'route']);
    if (withDestinations)
      checkTargetSelector(
        findings,
        'RetryTimeoutPolicy',
        withDestinations,
        [...at, 'withDestinations'],
        destinationKinds,
      );
    if (route !== undefined || withDestinations !== undefined) return;
    findings.error(
      'InvalidSelector',
      at,
      'A selector of routes needs route or withDestinations. Remove applyToRoutes to select all routes.',
    );
  });
}

/** Retries and the timeout that a policy sets. */
export interface RequestRules {
  readonly attempts?: number;
  readonly perTryTimeoutMs?: number;
  /** Envoy's retry conditions, separated by commas, or one status code. */
  readonly retryOn?: string;
  /** Whether retries may go to another tier. Default: true. */
  readonly retryRemoteLocalities?: boolean;
  /** Time limit for the whole response, including retries. 0 or absent: none. */
  readonly requestTimeoutMs?: number;
}

export function toRequestRules({ config = {} }: RetryTimeoutPolicySpec): RequestRules {
  const { retries, requestTimeout } = config;
  const { attempts, perTryTimeout, retryOn, retryRemoteLocalities } = retries ?? {};
  return {
    ...(attempts !== undefined && { attempts }),
    ...(perTryTimeout !== undefined && { perTryTimeoutMs: parseDuration(perTryTimeout) }),
    ...(retryOn !== undefined && { retryOn: String(retryOn) }),
    ...(retryRemoteLocalities !== undefined && { retryRemoteLocalities }),
    ...(requestTimeout !== undefined && { requestTimeoutMs: parseDuration(requestTimeout) }),
  };
}
