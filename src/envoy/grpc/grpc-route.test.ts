import assert from 'node:assert/strict';
import type { RequestMatcher } from '../../mesh/policies/requests/request-matchers.js';
import type { Route } from '../../mesh/offers/routes.js';
import type { RequestRules } from '../../mesh/policies/retry-timeout-policies.js';
import { toGrpcRoutes } from './grpc-route.js';
import type { ClusterKey } from '../../mesh/model/cluster-key.js';

const plain: Route = { matchers: [], targets: [{ cluster: 'one' as ClusterKey, weight: 100 }], tiers: 2, rules: {} };

function actionOf(rules: RequestRules, tiers = 2): unknown {
  return toGrpcRoutes({ ...plain, tiers, rules }, (key) => key).map(({ route }) => route)[0];
}

function retriesOn(retryOn: string): string | undefined {
  const { retryPolicy } = actionOf({ retryOn }) as { retryPolicy?: { retryOn: string } };
  return retryPolicy?.retryOn;
}

function matchesOf(...matchers: readonly Partial<RequestMatcher>[]): unknown {
  const whole = matchers.map((matcher) => ({ headers: [], queryParameters: [], ...matcher }));
  return toGrpcRoutes({ ...plain, matchers: whole }, (key) => key).map(({ match }) => match);
}

describe('a route of a gRPC client', () => {
  it('has no timeout, and retries calls', () => {
    assert.deepEqual(actionOf({}), {
      cluster: 'one' as ClusterKey,
      retryPolicy: { retryOn: 'unavailable,cancelled', numRetries: 2 },
    });
    assert.deepEqual(actionOf({}, 5), {
      cluster: 'one' as ClusterKey,
      retryPolicy: { retryOn: 'unavailable,cancelled', numRetries: 4 },
    });
  });

  it("has the user's timeout and attempts", () => {
    assert.deepEqual(actionOf({ requestTimeoutMs: 1500, attempts: 0 }), {
      cluster: 'one' as ClusterKey,
      maxStreamDuration: { maxStreamDuration: '1.5s' },
    });
    assert.deepEqual(actionOf({ attempts: 3, perTryTimeoutMs: 100 }), {
      cluster: 'one' as ClusterKey,
      retryPolicy: { retryOn: 'unavailable,cancelled', numRetries: 3 },
    });
  });

  it('keeps the conditions that gRPC supports, in its own words', () => {
    assert.equal(
      retriesOn('cancelled,deadline-exceeded,internal,resource-exhausted,unavailable'),
      'cancelled,deadline-exceeded,internal,resource-exhausted,unavailable',
    );
    assert.equal(retriesOn('5xx,connect-failure, internal'), 'unavailable,internal');
    assert.equal(retriesOn('503'), 'unavailable');
    assert.equal(retriesOn('retriable-4xx,409,retriable-headers'), undefined);
  });

  it('is left out if no call can match it', () => {
    const header = { name: 'a', match: { type: 'exact', text: '1', ignoreCase: false }, inverted: false } as const;
    assert.deepEqual(matchesOf({ method: 'GET' }, { queryParameters: [header] }), []);
    assert.deepEqual(matchesOf({ method: 'POST', headers: [header] }), [
      { prefix: '/', headers: [{ name: 'a', stringMatch: { exact: '1' } }] },
    ]);
  });

  it('matches a call without the header of an inverted condition', () => {
    const opposite = (name: string): RequestMatcher['headers'][number] => ({
      name,
      match: { type: 'prefix', text: 'x', ignoreCase: false },
      inverted: true,
    });
    const names = (matches: unknown): unknown =>
      (matches as { headers: { name: string; presentMatch?: boolean }[] }[]).map(({ headers }) =>
        headers.map(({ name, presentMatch }) => (presentMatch ? `no ${name}` : name)),
      );
    assert.deepEqual(names(matchesOf({ headers: ['a', 'b'].map(opposite) })), [
      ['a', 'b'],
      ['a', 'no b'],
      ['no a', 'b'],
      ['no a', 'no b'],
    ]);
    assert.deepEqual(matchesOf({ headers: ['a', 'b', 'c', 'd', 'e', 'f'].map(opposite) }), [], 'too many to spell out');
  });

  it('distributes calls by weight, and mirrors none', () => {
    const targets = [
      {
        cluster: 'one' as ClusterKey,
        weight: 80,
        headers: { addToRequest: [], removeFromRequest: ['x'], addToResponse: [], removeFromResponse: [] },
      },
      { cluster: 'two' as ClusterKey, weight: 20 },
    ];
    const [only] = toGrpcRoutes(
      { ...plain, targets, mirror: { cluster: 'three' as ClusterKey, percentage: 100 }, rules: { attempts: 0 } },
      (key) => key,
    );
    assert.deepEqual(only, {
      match: { prefix: '/' },
      route: {
        weightedClusters: {
          clusters: [
            { name: 'one', weight: 80 },
            { name: 'two', weight: 20 },
          ],
        },
      },
    });
  });
});
