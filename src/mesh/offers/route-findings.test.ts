import assert from 'node:assert/strict';
import type { HttpMatcher, TrafficPolicySpec_Policy as Policy } from '../../generated/resources.js';
import { toRequestMatcher } from '../policies/requests/request-matchers.js';
import type { AcceptedPolicy } from '../policies/traffic-policies.js';
import { hiddenRouteFindings } from './route-findings.js';
import type { TrafficPolicyKey } from '../model/object-key.js';

interface Options {
  readonly matchers?: readonly HttpMatcher[];
  readonly fields?: Policy;
  readonly sources?: string;
}

const timeout: Policy = { requestTimeout: '1s' };

function policy(name: string, { matchers = [], fields = timeout, sources = '' }: Options = {}): AcceptedPolicy {
  const key = `${name}.ns` as TrafficPolicyKey;
  return { policy: key, order: undefined, fields, matchers: matchers.map(toRequestMatcher), sources };
}

/** What is found about the policy `b`, the others being as old as they stand. */
function findings(...accepted: readonly AcceptedPolicy[]): readonly string[] {
  const ref = { kind: 'TrafficPolicy', namespace: 'ns', name: 'b' };
  return hiddenRouteFindings(ref, 'b.ns', [accepted, accepted]).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );
}

describe('findings about routes that match no request', () => {
  it('name the policy whose regular expression matches all requests', () => {
    assert.deepEqual(
      findings(
        policy('b', { matchers: [{ exact: '/a' }, { prefix: '/a' }] }),
        policy('c', { matchers: [{ regex: '/.*' }] }),
      ),
      [
        'spec.httpRequestMatchers.1: This condition never applies, because every matching request also matches a condition of TrafficPolicy c.ns, which takes precedence.',
      ],
    );
  });

  it('name the setting that an older policy has for the same requests', () => {
    const older = policy('a', { matchers: [{ prefix: '/x' }, { prefix: '/a' }], fields: { requestTimeout: '2s' } });
    const younger = policy('b', { matchers: [{ prefix: '/a' }], fields: { requestTimeout: '1s', retries: {} } });
    assert.deepEqual(findings(older, younger), [
      'spec.httpRequestMatchers.0: requestTimeout does not apply to requests that match this condition: TrafficPolicy a.ns also applies to them, takes precedence, and sets it.',
    ]);
  });

  it('name the setting of a policy for all requests, if another one matches all of them too', () => {
    assert.deepEqual(
      findings(
        policy('b', { fields: { requestTimeout: '1s', retries: {} } }),
        policy('c', { matchers: [{ prefix: '/' }] }),
      ),
      [
        'spec.policy.requestTimeout: requestTimeout does not apply: every request matches a condition of TrafficPolicy c.ns, which takes precedence and sets it.',
      ],
    );
  });

  it('are absent for a setting that a more specific matcher replaces', () => {
    const shift = policy('a', { matchers: [{ exact: '/a' }], fields: { retries: {} } });
    assert.deepEqual(findings(shift, policy('b'), policy('c', { matchers: [{ prefix: '/' }] })), []);
  });

  it('are absent if some request is left', () => {
    const general = policy('a', { matchers: [{ prefix: '/' }] });
    assert.deepEqual(findings(general, policy('b', { matchers: [{ exact: '/a' }] })), []);
    assert.deepEqual(
      findings(
        policy('a', { matchers: [{ regex: '/.*', method: 'GET' }] }),
        policy('b', { matchers: [{ prefix: '/a' }] }),
      ),
      [],
    );
    assert.deepEqual(findings(policy('b', { matchers: [{ regex: '.*' }, { prefix: '/a' }] })), []);
    assert.deepEqual(
      findings(
        policy('a', { matchers: [{ regex: '.*' }], sources: 'some' }),
        policy('b', { matchers: [{ prefix: '/a' }] }),
      ),
      [],
    );
  });

  it('are absent for settings of all traffic', () => {
    assert.deepEqual(
      findings(
        policy('b', { matchers: [{ prefix: '/a' }], fields: { outlierDetection: {} } }),
        policy('c', { matchers: [{ regex: '.*' }] }),
      ),
      [],
    );
  });
});
