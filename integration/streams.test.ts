/**
 * Long streams and connections: only a timeout of a policy ends them, and no change of endpoints.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { startEchoBackend } from './support/services/echo-backend.js';
import type { EnvoyAdmin } from './support/envoys/envoy-admin.js';
import { eventually } from './support/processes/eventually.js';
import { send } from './support/clients/http-client.js';
import { OpenConnection } from './support/clients/open-connection.js';
import {
  FAILOVER_HOSTNAME,
  destination,
  failoverService,
  mesh,
  quickOutlierDetection,
  shiftToFailover,
} from './support/services/resources.js';
import { Service, type Switchable, meshes } from './support/services/service.js';
import { type Story, withStory } from './support/story.js';

describe('a stream', () => {
  it(
    'ends after the timeout of a policy, and never without one',
    withStory(async (story) => {
      const address = await silentStream(story);
      const plane = await story.controlPlane({
        'mesh.yaml': [mesh('east')],
        'destinations.yaml': [destination({ cluster: 'east', port: story.port, endpoints: [{ address }] })],
        'policies.yaml': [quickOutlierDetection(['east']), shiftToFailover('east', { requestTimeout: '1s' })],
        'failover.yaml': [failoverService({ clusters: ['east'], port: story.port })],
      });
      const sidecar = await story.sidecar(plane, { cluster: 'east' });
      const read = (host: string): Promise<string> =>
        send({ address: sidecar.address, port: story.port, headers: { host } }).then(
          ({ body }) => body,
          () => 'cut off',
        );

      assert.deepEqual(await Promise.all([read(FAILOVER_HOSTNAME), read('reviews.bookinfo')]), [
        'begin end',
        'cut off',
      ]);
      const dump = JSON.stringify(await sidecar.envoy.admin.configDump());
      assert.match(dump, /"stream_idle_timeout":"0s"/);
      assert.doesNotMatch(dump, /"timeout":"15s"/);
    }),
  );
});

describe('a TCP connection', () => {
  it(
    'stays open when endpoints are added and removed',
    withStory(async (story) => {
      const [first, second, third] = await Promise.all([1, 2, 3].map((number) => echo(story, `east-${number}`)));
      const withBackends = (...backends: readonly (Switchable | undefined)[]): Service =>
        new Service({ name: 'queue', protocol: 'TCP', sites: { east: backends.flatMap((backend) => backend ?? []) } });
      const plane = await story.controlPlane({
        'meshes.yaml': meshes('east'),
        'queue.yaml': withBackends(first, second).resources(),
      });
      const { address, envoy } = await story.sidecar(plane, { cluster: 'east' });
      const connections = await Promise.all(Array.from({ length: 8 }, () => OpenConnection.open(address, story.port)));
      const answers = (): Promise<readonly string[]> =>
        Promise.all(connections.map((connection) => connection.say('?')));

      const before = await answers();
      for (const backends of [
        [first, second, third],
        [first, second],
      ]) {
        await plane.write('queue.yaml', ...withBackends(...backends).resources());
        await envoyHas(envoy.admin, `outbound|${story.port}||queue.failover.global`, backends.length);
        assert.deepEqual(await answers(), before);
      }
    }),
  );
});

/** The address of a server whose response begins at once and ends after the timeout of one second. */
async function silentStream(story: Story): Promise<string> {
  const address = story.address();
  const server = createServer((_request, response) => {
    response.write('begin ');
    setTimeout(() => response.end('end'), 2500);
  });
  server.listen({ host: address, port: story.port });
  await once(server, 'listening');
  story.atEnd(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return address;
}

async function echo(story: Story, name: string): Promise<Switchable> {
  const backend = await startEchoBackend(name, story.address(), story.port);
  story.atEnd(() => {
    backend.close();
    return Promise.resolve();
  });
  return backend;
}

/** Waits until the Envoy has this number of endpoints. */
async function envoyHas(admin: EnvoyAdmin, cluster: string, hosts: number): Promise<void> {
  await eventually(async () => (await admin.clusters()).get(cluster)?.hosts.length === hosts, {
    what: `Envoy has ${hosts} endpoints`,
  });
}
