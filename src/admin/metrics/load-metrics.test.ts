import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { addLoadMetrics } from './load-metrics.js';

const UNKNOWN = { region: '', zone: '', subZone: '' };
const NODE = { id: 'n', cluster: '', locality: UNKNOWN, metadata: {}, userAgentName: '', userAgentVersion: '' };

function tier(priority: number, issued: number, failed: number) {
  return { locality: UNKNOWN, priority, issued, failed, succeeded: issued - failed, inProgress: 7, endpoints: [] };
}

describe('load metrics', () => {
  it('are the sums of requests and errors by cluster and priority', async () => {
    const registry = new Registry();
    const metrics = addLoadMetrics(registry);
    for (const id of ['one', 'other']) {
      metrics.reported({
        node: { ...NODE, id, clientFeatures: [] },
        clusters: [
          { cluster: 'a', intervalMs: 1_000, dropped: 1, localities: [tier(0, 5, 2), tier(0, 1, 0), tier(1, 3, 0)] },
        ],
      });
    }
    const lines = (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    assert.deepEqual(lines, [
      'lifeboat_failover_requests_total{cluster="a",priority="0"} 12',
      'lifeboat_failover_requests_total{cluster="a",priority="1"} 6',
      'lifeboat_failover_request_errors_total{cluster="a",priority="0"} 4',
      'lifeboat_failover_dropped_requests_total{cluster="a"} 2',
    ]);
  });
});
