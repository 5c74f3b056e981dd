import assert from 'node:assert/strict';
import type { Resource } from '../../api/resource.js';
import { createWorld, destination, failoverService, resource, trafficPolicy } from '../../testing/world.js';
import { failoverKey } from '../model/failover-key.js';

const failover = failoverService('api', ['api@east', 'api@west']);
const outliers = trafficPolicy('outliers', ['api@east', 'api@west'], { outlierDetection: { consecutiveErrors: 3 } });

function warnings(...world: readonly Resource<unknown>[]): readonly string[] {
  const { graph, model } = createWorld(failover, outliers, ...world);
  return model
    .failoverWarnings(graph.read.bind(graph), failoverKey(failover.ref))
    .map(({ code, message }) => `${code}: ${message}`);
}

const east = destination('api', 'east', { endpoints: ['10.0.0.1'] });
const west = destination('api', 'west', { endpoints: ['10.1.0.1'] });
const HANG =
  'HangNoticedLate: A backend on port 80 that accepts requests without answering them is not detected: its requests never end. Set retries.perTryTimeout in a RetryTimeoutPolicy, or in a TrafficPolicy that shifts traffic here.';

describe('failover warnings', () => {
  it('report the cost of a backend that hangs', () => {
    assert.deepEqual(warnings(east, west), [HANG]);
  });

  it('report no hangs if traffic is shifted with a timeout per try', () => {
    const trafficShift = {
      destinations: [{ failoverService: { name: failover.ref.name, namespace: failover.ref.namespace } }],
    };
    const shift = resource('TrafficPolicy', 'shift', { policy: { trafficShift, retries: { perTryTimeout: '500ms' } } });
    assert.deepEqual(warnings(east, west, shift), []);
  });

  it('name addresses in several tiers', () => {
    const shared = destination('api', 'west', { endpoints: ['10.1.0.1', '10.0.0.1'] });
    const repeated =
      'RepeatedEndpoint: On port 80 several services have the same addresses, which stay only in the first tier that has them: 10.0.0.1:80.';
    assert.deepEqual(warnings(east, shared), [repeated, HANG]);
  });

  it('name addresses of several services with different settings', () => {
    const strict = trafficPolicy('strict', ['api@west'], { outlierDetection: { consecutiveErrors: 1 } }, 0);
    const shared = destination('api', 'west', { endpoints: ['10.1.0.1', '10.0.0.1'] });
    const repeated =
      'RepeatedEndpoint: On port 80 several services with different settings have the same addresses: 10.0.0.1:80. They fail together, so one service cannot replace the other.';
    assert.deepEqual(warnings(east, shared, strict), [repeated, HANG]);
    assert.deepEqual(warnings(east, west, strict), [HANG]);
  });

  it('report that there are no endpoints', () => {
    const nothing = 'NothingReachable: No service behind port 80 has an endpoint, so requests to it fail.';
    assert.deepEqual(warnings(destination('api', 'east'), destination('api', 'west')), [nothing, HANG]);
    assert.deepEqual(warnings(destination('api', 'east'), west), [HANG]);
  });
});
