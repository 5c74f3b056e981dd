/** RetryTimeoutPolicies. There is no route kind: the routes generated for a virtual destination carry its labels. */
import { parseDuration } from '../../api/duration.js';
import type { Resource } from '../../api/resource.js';
import type { RetryTimeoutPolicySpec } from '../../generated/resources.js';
import { collectFindings } from '../model/finding.js';
import type { PolicyKind } from './policy-targets.js';
import { checkRetries } from './retry-findings.js';
import type { Conditions } from '../discovery/traits.js';

export const retryTimeoutPolicyKind: PolicyKind<RetryTimeoutPolicySpec> = {
  name: 'RetryTimeoutPolicy',
  check: ({ ref, spec = {} }: Resource<RetryTimeoutPolicySpec>) => {
    const findings = collectFindings(ref);
    const { retries, requestTimeout } = spec.config ?? {};
    if (retries === undefined && requestTimeout === undefined) {
      findings.error('MissingField', ['spec', 'config'], 'A RetryTimeoutPolicy needs at least one of retries and requestTimeout.');
    }
    checkRetries(findings, spec.config ?? {}, ['spec', 'config']);
    return findings.all;
  },
  selectors: routeSelectors,
};

/** No selector at all selects every route of the workspace. */
function routeSelectors({ applyToRoutes = [] }: RetryTimeoutPolicySpec): readonly Conditions[] {
  return applyToRoutes.length === 0 ? [{}] : applyToRoutes.map(({ route }) => ({ labels: route?.labels }));
}

/** What the policy says about requests. */
export interface RequestRules {
  readonly attempts?: number;
  readonly perTryTimeoutMs?: number;
  /** Envoy's conditions, or a status code. */
  readonly retryOn?: string;
  /** Whether retries may leave the tier; absent: they do. */
  readonly retryRemoteLocalities?: boolean;
  /** How long an answer may take, all tries together; 0 and absent: as long as it likes. */
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
