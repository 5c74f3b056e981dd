/** Mistakes in retries and timeouts, for all policies that set them. */
import { parseDuration } from '../../../api/duration.js';
import type { FieldPath } from '../../../api/resource.js';
import { checkDuration, checkTimeout } from '../../model/duration-findings.js';
import type { Findings } from '../../model/finding.js';

/** The fields that TrafficPolicy and RetryTimeoutPolicy have in common. */
export interface RetrySettings {
  readonly requestTimeout?: string;
  readonly retries?: {
    readonly attempts?: number | null;
    readonly perTryTimeout?: string;
    /** Retry conditions and status codes, separated by commas. */
    readonly retryOn?: string | number;
  };
}

/** `at`: the path of the settings. */
export function checkRetries(findings: Findings, { requestTimeout, retries = {} }: RetrySettings, at: FieldPath): void {
  const { attempts, perTryTimeout } = retries;
  const retryOn = retries.retryOn === undefined ? undefined : String(retries.retryOn);
  checkTimeout(findings, requestTimeout, [...at, 'requestTimeout']);
  checkDuration(findings, perTryTimeout, [...at, 'retries', 'perTryTimeout']);
  if (attempts !== undefined && attempts !== null && attempts < 0) {
    findings.error(
      'InvalidValue',
      [...at, 'retries', 'attempts'],
      `Invalid number of attempts ${attempts}: must be 0 or more.`,
    );
  }
  if (retryOn !== undefined) checkConditions(findings, retryOn, [...at, 'retries', 'retryOn']);
  if (perTryTimeout === undefined || attempts === 0) return;
  if (retryOn !== undefined) checkTimeoutRetried(findings, retryOn, [...at, 'retries', 'retryOn']);
  checkFits(findings, perTryTimeout, requestTimeout, [...at, 'retries', 'perTryTimeout']);
}

/** https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-retry-on */
const conditions: ReadonlySet<string> = new Set([
  ...[
    '5xx',
    'gateway-error',
    'reset',
    'reset-before-request',
    'connect-failure',
    'envoy-ratelimited',
    'retriable-4xx',
    'refused-stream',
  ],
  ...['retriable-status-codes', 'retriable-headers', 'http3-post-connect-failure'],
  ...['cancelled', 'deadline-exceeded', 'internal', 'resource-exhausted', 'unavailable'],
]);

function checkConditions(findings: Findings, retryOn: string, path: FieldPath): void {
  for (const word of splitConditions(retryOn)) {
    if (isStatusCode(word)) {
      if (Number(word) < 200 || Number(word) > 599) {
        findings.error('InvalidStatus', path, `Invalid HTTP status ${word}: must be between 200 and 599, inclusive.`);
      }
    } else if (!conditions.has(word)) {
      findings.warning(
        'UnknownRetryCondition',
        path,
        `Envoy does not know the retry condition ${word} and ignores it.`,
      );
    }
  }
}

/** The retry conditions and status codes in `retryOn`. */
export function splitConditions(retryOn: string): readonly string[] {
  return retryOn
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

export function isStatusCode(condition: string): boolean {
  return /^\d+$/.test(condition);
}

const timeoutConditions: ReadonlySet<string> = new Set(['reset', '5xx', 'gateway-error']);

/** Whether one of the conditions retries a request after the timeout of a try. */
export function retriesTimeouts(words: readonly string[]): boolean {
  return words.some((word) => timeoutConditions.has(word));
}

function checkTimeoutRetried(findings: Findings, retryOn: string, path: FieldPath): void {
  if (retriesTimeouts(splitConditions(retryOn))) return;
  findings.warning(
    'TimeoutNotRetried',
    path,
    'A try that exceeds perTryTimeout is retried only on reset, 5xx or gateway-error. Add one of them. For GET, HEAD and OPTIONS, reset is added automatically.',
  );
}

function checkFits(findings: Findings, perTry: string, whole: string | undefined, path: FieldPath): void {
  if (whole === undefined || parseDuration(whole) <= 0 || parseDuration(perTry) < parseDuration(whole)) return;
  findings.warning(
    'RetryDoesNotFit',
    path,
    `No time is left for a retry: one try may take ${perTry}, and the whole request ${whole}.`,
  );
}
