/**
 * Retries that reach the next tier, so that a dying tier costs no request.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/http_connection_management#retry-plugin-configuration
 */
import type { RetryPolicy } from '../../generated/envoy.js';
import type { Route } from '../../mesh/offers/routes.js';
import { isStatusCode, retriesTimeouts, splitConditions } from '../../mesh/policies/requests/retry-findings.js';
import type { RequestRules } from '../../mesh/policies/retry-timeout-policies.js';
import { packAny } from '../../proto/envoy-types.js';
import { toDuration } from './duration.js';

/** Safe to try again whatever happened: the request never reached an app, or running it twice does no harm. */
const SAFE_CONDITIONS = 'connect-failure,refused-stream,unavailable,cancelled,reset,retriable-status-codes';

/** For a write that may have run already: only failures from before the app saw the request. */
const UNSAFE_CONDITIONS = 'connect-failure,refused-stream,unavailable,cancelled';

/** GET, HEAD and OPTIONS may run twice; the rest may not. */
export type Method = 'safe' | 'other';

/** Absent where the user wants no retries. */
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

/** Whether the route's retries for safe methods are others than those for the rest. */
export function retriesDiffer({ tiers, rules }: Route): boolean {
  if ((rules.attempts ?? defaultRetries(tiers)) === 0) return false;
  return conditions(rules, 'safe').retryOn !== conditions(rules, 'other').retryOn;
}

/** Enough to come from the first tier to the last. */
export function defaultRetries(tiers: number): number {
  return Math.max(2, tiers - 1);
}

/** A user's own conditions count for every method. A try that timed out is tried again only with `reset`, which is added for safe ones. */
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
 * With two tiers a retry stays once, in case only one endpoint is bad, and then goes over; with more, each goes one further.
 * `undefined`: retries stay in the tier.
 */
function updateFrequency(tiers: number, remote: boolean | undefined): number | undefined {
  if (tiers === 0 || remote === false) return undefined;
  return tiers > 2 || remote === true ? 1 : 2;
}

/**
 * How often Envoy picks anew when it has picked an endpoint that a try has failed on. While every endpoint of every tier is
 * ejected it picks among all tiers, half of them dead once one is back; with 5 picks, about one request in 400 still met only
 * dead ones, with 32 none does.
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
