/**
 * `lifeboat bootstrap` prints what a real Envoy starts with and is connected by.
 */
import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { freePort } from './support/addresses.js';
import { EnvoyAdmin } from './support/envoy-admin.js';
import { EnvoyContainer } from './support/envoy-container.js';
import { lifeboat } from './support/lifeboat.js';
import { failoverService, mesh, quickOutlierDetection, virtualMesh } from './support/resources.js';
import { withStory } from './support/story.js';

describe('lifeboat bootstrap', () => {
  it(
    'connects an Envoy',
    withStory(async (story) => {
      const [east, west] = [await story.site('east'), await story.site('west')];
      const plane = await story.controlPlane({
        'meshes.yaml': [mesh('east'), mesh('west'), virtualMesh(['east', 'west'])],
        'destinations.yaml': [east.destination(), west.destination()],
        'policies.yaml': [quickOutlierDetection(['east', 'west'])],
        'failover.yaml': [failoverService({ clusters: ['east', 'west'], port: story.port })],
      });
      const printed = await lifeboat(
        ...['bootstrap', '--node-id', 'sidecar~productpage', '--locality', 'east/zone-1', '--cluster', 'east'],
        ...['--xds-address', `${plane.xds.address}:${plane.xds.port}`],
      );
      assert.equal(printed.exitCode, 0, printed.stderr);

      // Several Envoys share this machine, so this one gets addresses of its own beside what was printed.
      const config = parse(printed.stdout) as { node: { metadata?: object } };
      const socket = { address: story.address(), port: await freePort() };
      config.node.metadata = { ...config.node.metadata, LISTEN_ADDRESS: socket.address };
      const ownAdmin = { address: { socket_address: { address: socket.address, port_value: socket.port } } };
      await story.keep(
        EnvoyContainer.startFrom('sidecar~productpage', { ...config, admin: ownAdmin }, new EnvoyAdmin(socket)),
      );
      await plane.synced('sidecar~productpage');

      const traffic = story.traffic(socket);
      await traffic.settlesOn(east.names);
      assert.deepEqual((await traffic.stop()).failures, []);
    }),
  );
});
