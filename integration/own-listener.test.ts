/**
 * An Envoy with its own static listener gets only the route configuration of a port from the control plane.
 */
import assert from 'node:assert/strict';
import { freePort } from './support/processes/addresses.js';
import { withStory } from './support/story.js';
import { twoSites } from './support/two-sites.js';

describe('an Envoy with a listener of its own', () => {
  it(
    'uses the route configuration with the name of the port',
    withStory(async (story) => {
      const { east, west, plane } = await twoSites(story);
      const [address, port] = [story.address(), await freePort()];
      await story.sidecar(plane, { cluster: 'east', staticListeners: [ownListener(address, port, `${story.port}`)] });

      const traffic = story.traffic({ address }, { port });
      await traffic.settlesOn(east.names);
      await east.refuse();
      await traffic.settlesOn(west.names);
      assert.deepEqual((await traffic.stop()).failures, []);
    }),
  );
});

function ownListener(address: string, port: number, routeConfigName: string): object {
  return {
    name: 'own',
    address: { socket_address: { address, port_value: port } },
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: {
              '@type':
                'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
              stat_prefix: 'own',
              rds: { route_config_name: routeConfigName, config_source: { ads: {}, resource_api_version: 'V3' } },
              http_filters: [
                {
                  name: 'envoy.filters.http.router',
                  typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
                },
              ],
            },
          },
        ],
      },
    ],
  };
}
