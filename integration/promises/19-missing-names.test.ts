/**
 * Promise 19: an Envoy that asks for endpoints that do not exist is answered, so that it does not wait for `initial_fetch_timeout` (15 s by
 * default) before it serves.
 */
import assert from 'node:assert/strict';
import { eventually } from '../support/processes/eventually.js';
import { withStory } from '../support/story.js';

/** A cluster of the Envoy's own, of a service that Lifeboat does not know. It would wait for an answer for ever. */
const CLUSTER = {
  name: 'elsewhere',
  type: 'EDS',
  connect_timeout: '1s',
  eds_cluster_config: {
    service_name: 'outbound|80||nothing-there.shop.global',
    eds_config: { ads: {}, resource_api_version: 'V3', initial_fetch_timeout: '0s' },
  },
};

describe('promise 19: an Envoy with a cluster whose endpoints do not exist', () => {
  for (const adsMode of ['GRPC', 'DELTA_GRPC'] as const) {
    it(
      `is ready, with no endpoints in that cluster (${adsMode})`,
      withStory(async (story) => {
        const plane = await story.controlPlane({ 'empty.yaml': [] }, { flags: ['--allow-empty'] });
        // Without an answer it never becomes ready.
        const { envoy } = await story.sidecar(plane, { cluster: 'east', adsMode, staticClusters: [CLUSTER] });
        const stats = await eventually(async () => {
          const found = await envoy.admin.stats(/^cluster\.elsewhere\.(membership_total|update_rejected)$/);
          return found.size === 2 && found;
        });
        assert.deepEqual([...stats.values()], [0, 0]);
      }),
    );
  }
});
