import assert from 'node:assert/strict';
import { resourceKey } from '../../api/resource.js';
import { createWorld, destination, failoverService, trafficPolicy } from '../../testing/world.js';
import { destinationCluster, failoverCluster } from './clusters.js';

function attempts(first: readonly string[], consecutiveErrors: number, second: readonly string[] = ['10.1.0.1']): number | undefined {
  const failover = failoverService('db', ['db@east', 'db@west'], { port: { number: 80, protocol: 'tcp' } });
  const { graph, model } = createWorld(
    destination('db', 'east', { endpoints: first }),
    destination('db', 'west', { endpoints: second }),
    trafficPolicy('outliers', ['db@east', 'db@west'], { outlierDetection: { consecutiveErrors } }),
    failover,
  );
  return graph.read(model.connectAttempts, failoverCluster(resourceKey(failover.ref), 80));
}

const endpoints = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `10.0.0.${String(i + 1)}`);

describe('attempts to connect', () => {
  it('are enough to eject the first tier, at least 3 and at most 16', () => {
    assert.deepEqual([1, 2, 4, 8, 16].map((count) => attempts(endpoints(count), 1)), [3, 3, 5, 9, 16]);
    assert.deepEqual([1, 2, 3, 100].map((count) => attempts(endpoints(count), 5)), [6, 11, 16, 16]);
  });

  it('do not change with every endpoint', () => {
    assert.deepEqual([5, 6, 7].map((count) => attempts(endpoints(count), 1)), [9, 9, 9]);
  });

  it('do not change with the health of an endpoint', () => {
    assert.equal(attempts(['10.0.0.1', '10.0.0.2!', '10.0.0.3~', '10.0.0.4'], 1), attempts(endpoints(4), 1));
  });

  it('count the first service that has endpoints', () => {
    assert.equal(attempts([], 1, endpoints(8)), 9);
  });

  it('are few where nothing is ejected', () => {
    const { graph, model } = createWorld(destination('db', 'east', { endpoints: endpoints(8) }));
    assert.equal(graph.read(model.connectAttempts, destinationCluster('db-app-east.failover', 80)), 3);
  });
});
