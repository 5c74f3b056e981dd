/**
 * A real Envoy starts with the output of `lifeboat bootstrap` and connects to the control plane.
 */
import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { freePort } from './support/processes/addresses.js';
import type { ControlPlane } from './support/processes/control-plane.js';
import { EnvoyAdmin } from './support/envoys/envoy-admin.js';
import { EnvoyContainer } from './support/envoys/envoy-container.js';
import { eventually } from './support/processes/eventually.js';
import { lifeboat } from './support/processes/lifeboat.js';
import { failoverFiles } from './support/services/failover-files.js';
import { type Story, withStory } from './support/story.js';
import { twoSites } from './support/two-sites.js';

const NODE = 'sidecar~productpage';

/** Starts an Envoy with the printed bootstrap for these control planes, in order of preference. Returns the address of its listeners. */
async function startEnvoy(story: Story, planes: readonly ControlPlane[]): Promise<string> {
  const printed = await lifeboat(
    ...['bootstrap', '--node-id', NODE, '--locality', 'east/zone-1', '--cluster', 'east'],
    ...planes.flatMap(({ xds }) => ['--xds-address', `${xds.address}:${xds.port}`]),
  );
  assert.equal(printed.exitCode, 0, printed.stderr);
  // Several Envoys share this machine, so this one gets its own addresses in addition to the printed bootstrap.
  const config = parse(printed.stdout) as { node: { metadata?: object } };
  const socket = { address: story.address(), port: await freePort() };
  config.node.metadata = { ...config.node.metadata, LISTEN_ADDRESS: socket.address };
  const ownAdmin = { address: { socket_address: { address: socket.address, port_value: socket.port } } };
  await story.keep(EnvoyContainer.startFrom(NODE, { ...config, admin: ownAdmin }, new EnvoyAdmin(socket)));
  return socket.address;
}

describe('lifeboat bootstrap', () => {
  it(
    'connects an Envoy',
    withStory(async (story) => {
      const { east, plane } = await twoSites(story);
      const address = await startEnvoy(story, [plane]);
      await plane.synced(NODE);

      const traffic = story.traffic({ address });
      await traffic.settlesOn(east.names);
      assert.deepEqual((await traffic.stop()).failures, []);
    }),
  );

  it(
    'promise 32: moves an Envoy to the second control plane when the first one fails, without a failed request',
    withStory(async (story) => {
      const [east, west] = [await story.site('east'), await story.site('west')];
      const files = failoverFiles([east, west], story.port);
      const [first, second] = [
        await story.controlPlane(files, { name: 'first' }),
        await story.controlPlane(files, { name: 'second' }),
      ];
      const address = await startEnvoy(story, [first, second]);
      await first.synced(NODE);
      assert.deepEqual(await second.proxies(), []);
      const traffic = story.traffic({ address });
      await traffic.settlesOn(east.names);

      await first.crash();
      await eventually(async () => (await second.proxies()).length === 1, {
        what: 'the Envoy is connected to the second control plane',
        timeout: 60_000,
      });
      await second.write('east.yaml', east.destination({ endpoints: [] }));
      await traffic.settlesOn(west.names);
      await second.synced(NODE);
      assert.deepEqual((await traffic.stop()).failures, []);
    }),
  );
});
