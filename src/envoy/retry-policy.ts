/**
 * Retries that reach the next tier, so that a dying tier costs no request.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/http_connection_management#retry-plugin-configuration
 */
import type { RetryPolicy } from '../generated/envoy.js';
import type { Route } from '../mesh/routes.js';
import { packAny } from '../proto/envoy-types.js';
import { toDuration } from './duration.js';

/** Safe to try again whatever happened: the request never reached an app, or running it twice does no harm. */
const safeConditions = 'connect-failure,refused-stream,unavailable,cancelled,reset,retriable-status-codes';

/** For a write that may have run already: only failures from before the app saw the request. */
const unsafeConditions = 'connect-failure,refused-stream,unavailable,cancelled';

/** GET, HEAD and OPTIONS may run twice; the rest may not. */
export type Method = 'safe' | 'other';

/** Absent where the user wants no retries. */
export function toRetryPolicy({ tiers, retries }: Route, method: Method): RetryPolicy | undefined {
  const numRetries = retries.attempts ?? defaultRetries(tiers);
  if (numRetries === 0) return undefined;
  return {
    ...(method === 'safe' ? { retryOn: safeConditions, retriableStatusCodes: [503] } : { retryOn: unsafeConditions }),
    numRetries,
    ...(retries.perTryTimeoutMs !== undefined && { perTryTimeout: toDuration(retries.perTryTimeoutMs) }),
    retryHostPredicate: [previousHosts],
    hostSelectionRetryMaxAttempts: '5',
    ...(tiers > 0 && { retryPriority: previousPriorities(tiers) }),
  };
}

/** Enough to come from the first tier to the last. */
function defaultRetries(tiers: number): number {
  return Math.max(2, tiers - 1);
}

const previousHosts = {
  name: 'envoy.retry_host_predicates.previous_hosts',
  typedConfig: packAny('envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate', {}),
};

/** With two tiers a retry stays once, in case only one endpoint is bad, and then goes over; with more, each goes one further. */
function previousPriorities(tiers: number): NonNullable<RetryPolicy['retryPriority']> {
  return {
    name: 'envoy.retry_priorities.previous_priorities',
    typedConfig: packAny('envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig', {
      updateFrequency: tiers > 2 ? 1 : 2,
    }),
  };
}
