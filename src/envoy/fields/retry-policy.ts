/**
 * Retries reach the next tier, so that no request fails when a tier fails.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/http_connection_management#retry-plugin-configuration
 */
import type { RetryPolicy } from '../../generated/envoy.js';
import type { Route } from '../../mesh/offers/routes.js';
import { isStatusCode, retriesTimeouts, splitConditions } from '../../mesh/policies/requests/retry-findings.js';
import type { RequestRules } from '../../mesh/policies/retry-timeout-policies.js';
import { packAny } from '../../proto/envoy-types.js';
import { toDuration } from './duration.js';

/** Conditions for requests that may run twice. */
const SAFE_CONDITIONS = 'connect-failure,refused-stream,unavailable,cancelled,reset,retriable-status-codes';

/** Conditions for other requests: only failures before the request reached the application. */
const UNSAFE_CONDITIONS = 'connect-failure,refused-stream,unavailable,cancelled';

/** `safe`: GET, HEAD and OPTIONS, which may run twice. */
export type Method = 'safe' | 'other';

/** `undefined` if the user disables retries. */
export function toRetryPolicy({ tiers, rules }: Route, method: Method): RetryPolicy | undefined {
  const numRetries = rules.attempts ?? defaultRetries(tiers);
  if (numRetries === 0) return undefined;
  const frequency = updateFrequency(tiers, rules.retryRemoteLocalities);
  return {
    ...conditions(rules, method),
    numRetries,
    ...(rules.perTryTimeoutMs !== undefined && { perTryTimeout: toDuration(rules.perTryTimeoutMs) }),
    retryHostPredicate: [previousHosts],
    hostSelectionRetryMaxAttempts: HOST_SELECTION_RETRY_MAX_ATTEMPTS,
    ...(frequency !== undefined && { retryPriority: previousPriorities(frequency) }),
  };
}

/** Whether safe methods have other retries than the rest. */
export function retriesDiffer({ tiers, rules }: Route): boolean {
  if ((rules.attempts ?? defaultRetries(tiers)) === 0) return false;
  return conditions(rules, 'safe').retryOn !== conditions(rules, 'other').retryOn;
}

/** Enough retries to get from the first tier to the last. */
export function defaultRetries(tiers: number): number {
  return Math.max(2, tiers - 1);
}

/** The user's conditions apply to all methods. Envoy retries a try that timed out only with `reset`, which is added for safe methods. */
function conditions({ retryOn, perTryTimeoutMs }: RequestRules, method: Method): Partial<RetryPolicy> {
  if (retryOn === undefined) {
    return method === 'safe'
      ? { retryOn: SAFE_CONDITIONS, retriableStatusCodes: [503] }
      : { retryOn: UNSAFE_CONDITIONS };
  }
  const given = splitConditions(retryOn);
  const codes = given.filter(isStatusCode).map(Number);
  const words = given.filter((condition) => !isStatusCode(condition));
  const timedOut = method === 'safe' && perTryTimeoutMs !== undefined && !retriesTimeouts(words);
  const all = [...words, ...(codes.length > 0 ? ['retriable-status-codes'] : []), ...(timedOut ? ['reset'] : [])];
  return { retryOn: [...new Set(all)].join(','), ...(codes.length > 0 && { retriableStatusCodes: codes }) };
}

/**
 * After how many tries Envoy excludes the tiers tried so far. With two tiers, the first retry stays in its tier, because only one endpoint
 * may be bad. With more tiers, each retry goes to the next one. `undefined`: retries stay in the tier.
 */
function updateFrequency(tiers: number, remote: boolean | undefined): number | undefined {
  if (tiers === 0 || remote === false) return undefined;
  return tiers > 2 || remote === true ? 1 : 2;
}

/**
 * How often Envoy selects another endpoint if a try has failed on the selected one. While all endpoints of all tiers are ejected, Envoy
 * selects among all tiers, and most endpoints are still down. With 5 attempts, about one request in 400 still selected only endpoints
 * that were down; with 32, none did.
 */
const HOST_SELECTION_RETRY_MAX_ATTEMPTS = '32';

const previousHosts = {
  name: 'envoy.retry_host_predicates.previous_hosts',
  typedConfig: packAny('envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate', {}),
};

function previousPriorities(frequency: number): NonNullable<RetryPolicy['retryPriority']> {
  return {
    name: 'envoy.retry_priorities.previous_priorities',
    typedConfig: packAny('envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig', {
      updateFrequency: frequency,
    }),
  };
}
