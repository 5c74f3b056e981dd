import assert from 'node:assert/strict';
import { formatPath } from '../../api/diagnostic.js';
import type { RetryTimeoutPolicySpec } from '../../generated/resources.js';
import { resource } from '../../testing/world.js';
import { retryTimeoutPolicyKind, toRequestRules } from './retry-timeout-policies.js';

type Config = NonNullable<RetryTimeoutPolicySpec['config']>;

const cases: readonly { readonly name: string; readonly config?: Config; readonly expected: readonly string[] }[] = [
  {
    name: 'no settings',
    expected: ['error spec.config: A RetryTimeoutPolicy needs at least one of retries and requestTimeout.'],
  },
  { name: 'a timeout alone', config: { requestTimeout: '30s' }, expected: [] },
  {
    name: 'no retries',
    config: { retries: { attempts: 0, perTryTimeout: '20s', retryOn: 'connect-failure' } },
    expected: [],
  },
  { name: 'status codes', config: { retries: { retryOn: 503 } }, expected: [] },
  {
    name: 'status codes out of range, and unknown words',
    config: { retries: { retryOn: '5xx, 99,often' } },
    expected: [
      'error spec.config.retries.retryOn: Invalid HTTP status 99: must be between 200 and 599, inclusive.',
      'warning spec.config.retries.retryOn: Envoy does not know the retry condition often and ignores it.',
    ],
  },
  {
    name: 'a try that is retried when it takes too long',
    config: { retries: { perTryTimeout: '2s', retryOn: 'gateway-error' } },
    expected: [],
  },
  {
    name: 'a try that is not',
    config: { retries: { perTryTimeout: '2s', retryOn: 'connect-failure' } },
    expected: [
      'warning spec.config.retries.retryOn: A try that exceeds perTryTimeout is retried only on reset, 5xx or gateway-error. Add one of them. For GET, HEAD and OPTIONS, reset is added automatically.',
    ],
  },
  {
    name: 'a long try in a request that may last',
    config: { retries: { perTryTimeout: '15s' } },
    expected: [],
  },
  {
    name: 'no timeout at all',
    config: { requestTimeout: '0s', retries: { perTryTimeout: '15s' } },
    expected: [],
  },
];

describe('findings about RetryTimeoutPolicies', () => {
  for (const { name, config, expected } of cases) {
    it(name, () => {
      const findings = retryTimeoutPolicyKind.check(
        resource('RetryTimeoutPolicy', 'subject', config ? { config } : {}),
      );
      assert.deepEqual(
        findings.map(({ severity, path, message }) => `${severity} ${formatPath(path)}: ${message}`),
        expected,
      );
    });
  }

  it('have rules in milliseconds, with a single status code among the conditions', () => {
    const config: Config = {
      requestTimeout: '1m',
      retries: { attempts: 4, perTryTimeout: '0.5s', retryOn: 503, retryRemoteLocalities: false },
    };
    const expected = {
      attempts: 4,
      perTryTimeoutMs: 500,
      retryOn: '503',
      retryRemoteLocalities: false,
      requestTimeoutMs: 60_000,
    };
    assert.deepEqual(toRequestRules({ config }), expected);
  });
});
