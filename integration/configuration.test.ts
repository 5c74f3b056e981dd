/**
 * The configuration that an Envoy holds in the end: priorities, outlier detection, circuit breakers and routes as configured, and equal to the
 * output of `lifeboat snapshot`.
 */
import assert from 'node:assert/strict';
import type { ClusterStatus, EnvoyAdmin } from './support/envoys/envoy-admin.js';
import { computedFor } from './support/envoys/computed-configuration.js';
import { fromConfigDump } from './support/envoys/held-configuration.js';
import { failoverFiles } from './support/services/failover-files.js';
import { shiftToFailover, trafficPolicy } from './support/services/resources.js';
import type { Site } from './support/services/site.js';
import { withStory } from './support/story.js';

const CLUSTERS = ['east', 'west', 'north'] as const;
const UNLIMITED = 4_294_967_295;

describe('the configuration that an Envoy holds', () => {
  it(
    'has every host in its priority, and the configured settings',
    withStory(async (story) => {
      const sites = await Promise.all(CLUSTERS.map((cluster) => story.site(cluster)));
      const outlierDetection = {
        consecutiveErrors: 3,
        interval: '4s',
        baseEjectionTime: '21s',
        maxEjectionPercent: 90,
      };
      const plane = await story.controlPlane({
        ...failoverFiles(sites, story.port),
        'policies.yaml': [trafficPolicy('reviews-outlier', CLUSTERS, { outlierDetection })],
      });
      const { envoy } = await story.sidecar(plane, { cluster: 'east' });

      const failover = await failoverCluster(envoy.admin, sites);
      assert.deepEqual(prioritiesByAddress(failover), expectedPriorities(sites));
      assert.ok(failover.hosts.every((host) => host.locality.region !== undefined && host.weight >= 1));

      const settings = await clusterSettings(envoy.admin, failover.name);
      assert.deepEqual(settings.outlierDetection, {
        consecutive5xx: 3,
        consecutiveGatewayFailure: 3,
        enforcingConsecutiveGatewayFailure: 100,
        enforcingSuccessRate: 0,
        interval: '4s',
        baseEjectionTime: '21s',
        maxEjectionPercent: 90,
      });
      assert.deepEqual(settings.circuitBreakers?.thresholds, [
        { maxConnections: UNLIMITED, maxPendingRequests: UNLIMITED, maxRequests: UNLIMITED, maxRetries: UNLIMITED },
      ]);
      const { healthyPanicThreshold, updateMergeWindow } = settings.commonLbConfig ?? {};
      assert.deepEqual([healthyPanicThreshold, updateMergeWindow], [{ value: 1 }, '0s']);
    }),
  );

  it(
    'equals the output of `lifeboat snapshot`',
    withStory(async (story) => {
      const sites = await Promise.all(CLUSTERS.map((cluster) => story.site(cluster)));
      const plane = await story.controlPlane({
        ...failoverFiles(sites, story.port),
        'policies.yaml': [
          trafficPolicy('reviews-outlier', CLUSTERS, { outlierDetection: {} }),
          shiftToFailover('east'),
        ],
      });
      const { envoy, address } = await story.sidecar(plane, { cluster: 'east' });

      const expected = await computedFor(plane, { id: envoy.id, address, cluster: 'east' });
      assert.ok(
        Object.keys(expected.clusters).length > CLUSTERS.length,
        'a cluster for each service and for the failover',
      );
      assert.deepEqual(fromConfigDump(await envoy.admin.configDump()), expected);
    }),
  );
});

async function failoverCluster(admin: EnvoyAdmin, sites: readonly Site[]): Promise<ClusterStatus> {
  const hosts = sites.reduce((sum, site) => sum + site.backends.length, 0);
  const found = [...(await admin.clusters()).values()].filter((cluster) => cluster.hosts.length === hosts);
  assert.equal(found.length, 1, 'one cluster has the endpoints of all sites');
  return found[0]!;
}

function prioritiesByAddress(cluster: ClusterStatus): Readonly<Record<string, number>> {
  return Object.fromEntries(cluster.hosts.map((host) => [host.address, host.priority]));
}

function expectedPriorities(sites: readonly Site[]): Readonly<Record<string, number>> {
  return Object.fromEntries(sites.flatMap((site, tier) => site.backends.map((backend) => [backend.address, tier])));
}

interface ClusterSettings {
  readonly outlierDetection?: object;
  readonly circuitBreakers?: { readonly thresholds?: readonly object[] };
  readonly commonLbConfig?: {
    readonly healthyPanicThreshold?: object;
    readonly updateMergeWindow?: string;
  };
}

async function clusterSettings(admin: EnvoyAdmin, name: string): Promise<ClusterSettings> {
  const settings = fromConfigDump(await admin.configDump()).clusters[name];
  assert.ok(settings, `the dump has cluster ${name}`);
  return settings;
}
