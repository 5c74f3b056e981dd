import type { EdsCluster } from '../../mesh/clusters/upstream-cluster.js';
import assert from 'node:assert/strict';
import { encodeEnvoyMessage } from '../../proto/envoy-types.js';
import { toCluster } from './cluster.js';
import { clusterEncoder } from './cluster-encoder.js';

describe('encoded clusters', () => {
  it('equal the bytes of their messages, independently of earlier calls', () => {
    const encode = clusterEncoder();
    const plain: EdsCluster = { type: 'EDS', name: 'a', backings: [], rule: { type: 'listed' }, http2: false };
    const outlierDetection = {
      consecutiveErrors: 5,
      intervalMs: 1000,
      baseEjectionTimeMs: 1000,
      maxEjectionPercent: 100,
    };
    const clusters: readonly EdsCluster[] = [
      plain,
      { ...plain, name: 'b' },
      { ...plain, http2: true },
      { ...plain, outlierDetection },
      { ...plain, connections: { connectTimeoutMs: 300 } },
      { ...plain, connections: { keepalive: { probes: 9 } } },
      { ...plain, name: 'ü'.repeat(80), outlierDetection: { ...outlierDetection, consecutiveErrors: 6 } },
    ];
    const variants = [5000, 700].flatMap((userTimeoutMs) =>
      [true, false].map((weighted) => ({ weighted, userTimeoutMs })),
    );
    for (const cluster of [...clusters, ...clusters]) {
      for (const variant of variants) {
        const content = { ...variant, tiers: [], clusters: [] };
        const message = encodeEnvoyMessage('envoy.config.cluster.v3.Cluster', toCluster(cluster, content));
        assert.deepEqual(Buffer.from(encode(cluster, content).bytes), message);
      }
    }
  });
});
