import assert from 'node:assert/strict';
import type { Resource } from '../../api/resource.js';
import { createWorld, destination, failoverService, NAMESPACE, resource, trafficPolicy } from '../../testing/world.js';
import type { TrafficPolicyKey } from '../model/object-key.js';

const targets = ['api@east', 'api@west'];
const base: readonly Resource<unknown>[] = [
  destination('front', 'east'),
  destination('api', 'east'),
  destination('api', 'west'),
  trafficPolicy('outliers', targets, { outlierDetection: {} }),
  { ...failoverService('less', targets, { hostname: 'less.global' }), labels: { tier: 'less' } },
  { ...failoverService('more', targets, { hostname: 'more.global' }), labels: { tier: 'more' } },
];

function shift(less: number, policy: object = {}): Resource<unknown> {
  const share = (name: string, weight: number): object => ({ failoverService: { name, namespace: NAMESPACE }, weight });
  return trafficPolicy('shift', ['front@east'], {
    trafficShift: { destinations: [share('less', less), share('more', 100 - less)] },
    ...policy,
  });
}

function timing(tier: string, config: object): Resource<unknown> {
  return resource('RetryTimeoutPolicy', tier, { applyToRoutes: [{ route: { labels: { tier } } }], config });
}

function findings(...resources: readonly Resource<unknown>[]): readonly string[] {
  const { graph, model } = createWorld(...base, ...resources);
  return model
    .shiftRuleFindings(graph.read.bind(graph), `shift.${NAMESPACE}` as TrafficPolicyKey)
    .map(({ code, message }) => `${code}: ${message}`);
}

const timeouts = [timing('less', { requestTimeout: '5s' }), timing('more', { requestTimeout: '0.5s' })];
const name = (of: string): string => `FailoverService ${of}.${NAMESPACE}`;

describe('findings about targets of a traffic shift', () => {
  it('say that the settings of the largest share apply to all', () => {
    const list = `${name('less')}: 5s, ${name('more')}: 500ms`;
    const sentence = `TargetSettingsDiffer: The targets differ in requestTimeout (${list}), but a route has only one: that of ${name('more')} applies to all of them. Set requestTimeout in this policy, or the same value for all targets.`;
    assert.deepEqual(findings(shift(10), ...timeouts), [sentence]);
  });

  it('say that a setting of a small share applies to all', () => {
    const [text = '', ...others] = findings(
      shift(10),
      timing('less', { retries: { attempts: 0, perTryTimeout: '1s' } }),
    );
    assert.match(
      text,
      /retries\.attempts \(.*less.*: 0, .*more.*: none\), but a route has only one: that of FailoverService less/,
    );
    assert.match(others.join(), /retries\.perTryTimeout \(.*: 1s, .*: none\)/);
  });

  it('are absent if the settings are equal, one has no share, or the policy sets the value', () => {
    assert.deepEqual(
      findings(shift(10), ...['less', 'more'].map((tier) => timing(tier, { requestTimeout: '5s' }))),
      [],
    );
    assert.deepEqual(findings(shift(0), ...timeouts), []);
    assert.deepEqual(findings(shift(10, { requestTimeout: '3s' }), ...timeouts), []);
  });
});
