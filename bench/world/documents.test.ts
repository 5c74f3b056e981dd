import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from '../../src/main.js';
import { configDirectory, stageService, writeWorld } from './directory.js';
import { clusterMessage, loadAssignmentMessage } from './messages.js';
import { NAMESPACE } from './names.js';

interface LoadAssignment {
  readonly endpoints: readonly { readonly locality: { readonly region: string } }[];
}

describe('the measured world', () => {
  const directory = mkdtempSync(join(tmpdir(), 'lifeboat-bench-test-'));
  after(() => rmSync(directory, { recursive: true, force: true }));
  const read = () => load([configDirectory(directory)]);
  const gateway = {
    nodeId: 'g',
    region: 'region-0',
    zone: 'region-0a',
    cluster: 'site-0',
    metadata: { ROLE: 'gateway', NAMESPACE },
  };

  it('is valid and gives the same messages as the other servers serve', async () => {
    writeWorld(directory, 3);
    const controlPlane = await read();
    assert.deepEqual(controlPlane.findings(), []);
    const { clusters, endpoints } = controlPlane.snapshot(gateway);
    assert.deepEqual(clusters, [0, 1, 2].map(clusterMessage));
    // For a client in the first region, the service whose endpoints are there comes in their order.
    assert.deepEqual(endpoints[0], loadAssignmentMessage(0));
  });

  it('gives other tiers in another region', async () => {
    const { endpoints } = (await read()).snapshot({ ...gateway, region: 'region-3', zone: 'region-3a' });
    const order = (endpoints[0] as LoadAssignment).endpoints.map(({ locality }) => locality.region);
    assert.deepEqual(order, ['region-3', 'region-0', 'region-6'], 'an odd region fails over downwards');
  });

  it('changes when a file is replaced', async () => {
    stageService(directory, 0, { port: 10_001, consecutiveErrors: 101 })();
    const { clusters, endpoints } = (await read()).snapshot(gateway);
    assert.deepEqual(endpoints[0], loadAssignmentMessage(0, 10_001));
    assert.equal(
      (clusters[0] as { outlierDetection: { consecutive5xx: number } }).outlierDetection.consecutive5xx,
      101,
    );
  });
});
