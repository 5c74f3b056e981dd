import assert from 'node:assert/strict';
import type { RequestRules } from '../../mesh/policies/retry-timeout-policies.js';
import { toRoutes } from './route.js';
import type { ClusterKey } from '../../mesh/model/cluster-key.js';

/** The action of the only route, whatever its retries. */
function actionOf(rules: RequestRules): unknown {
  const [route] = toRoutes(
    {
      matchers: [],
      targets: [{ cluster: 'one' as ClusterKey, weight: 100 }],
      tiers: 0,
      rules: { ...rules, attempts: 0 },
    },
    (key) => key,
  );
  return route?.route;
}

describe('a route', () => {
  it('without a timeout uses the deadline of a gRPC client', () => {
    const action = { cluster: 'one' as ClusterKey, timeout: '0s', maxStreamDuration: { grpcTimeoutHeaderMax: '0s' } };
    assert.deepEqual(actionOf({}), action);
    assert.deepEqual(actionOf({ requestTimeoutMs: 0 }), action);
  });

  it('with a timeout has no field that makes Envoy ignore it', () => {
    assert.deepEqual(actionOf({ requestTimeoutMs: 1500 }), { cluster: 'one' as ClusterKey, timeout: '1.5s' });
  });
});
