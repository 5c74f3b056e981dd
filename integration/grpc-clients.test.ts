/**
 * gRPC clients without an Envoy: they get listeners, clusters and endpoints from the control plane, and fail over like an Envoy. With the library
 * for Node.js, and the one for Python, which uses gRPC's core in C++.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ControlPlane } from './support/processes/control-plane.js';
import { eventually } from './support/processes/eventually.js';
import { GrpcBackend, METHOD } from './support/services/grpc-backend.js';
import { GrpcClient, type GrpcLibrary } from './support/clients/grpc-client.js';
import { lifeboat } from './support/processes/lifeboat.js';
import { APP_NAMESPACE, quickOutlierDetection, trafficPolicy } from './support/services/resources.js';
import { Service, meshes } from './support/services/service.js';
import { type Story, withStory } from './support/story.js';

const SITES = ['east', 'west'] as const;
const EAST = ['east-1', 'east-2'];
const WEST = ['west-1', 'west-2'];
const UNAVAILABLE = /^error 14: /;

for (const library of ['node', 'python'] as const) {
  describe(`a gRPC client of ${library}`, () => {
    it(
      'calls the first tier, the second one while the first is down, and then the first again',
      withStory(async (story) => {
        const { plane, service } = await world(story);
        const client = await connect(story, plane, library, `${service.hostname}:${story.port}`);

        await failsOver(client, service);
        await plane.synced(library);
      }),
    );

    it(
      'does the same if the services have different settings, with an aggregate cluster',
      withStory(async (story) => {
        const { plane, service } = await world(story);
        const others = service.resources().filter(({ kind }) => kind !== 'TrafficPolicy');
        const west = trafficPolicy('west-outlier', ['west'], { outlierDetection: { consecutiveErrors: 7 } });
        await plane.write('reviews.yaml', ...others, quickOutlierDetection(['east']), west);
        const target = `${service.hostname}:${story.port}`;
        const shown = [
          'snapshot',
          '--node-id',
          'any',
          '--cluster',
          'east',
          '--target',
          target,
          '--server',
          plane.adminUrl,
        ];
        await eventually(async () => (await lifeboat(...shown)).stdout.includes('envoy.clusters.aggregate'), {
          what: 'there is an aggregate',
        });
        await failsOver(await connect(story, plane, library, target), service);
      }),
    );

    it(
      'calls a service by its own name, and follows a traffic shift',
      withStory(async (story) => {
        const { plane } = await world(story);
        const client = await connect(story, plane, library, `reviews.${APP_NAMESPACE}:${story.port}`);

        await client.settlesOn(EAST);
        const target = { weight: 100, kubeService: { name: 'reviews', namespace: APP_NAMESPACE, clusterName: 'west' } };
        await plane.write('shift.yaml', trafficPolicy('shift', ['east'], { trafficShift: { destinations: [target] } }));
        await client.settlesOn(WEST);
        await plane.remove('shift.yaml');
        await client.settlesOn(EAST);
        assert.deepEqual(client.errors, []);
      }),
    );

    it(
      'waits for a FailoverService that is added later, and is notified of its removal',
      withStory(async (story) => {
        const { plane, service } = await world(story);
        const others = service.resources().filter(({ kind }) => kind !== 'FailoverService');
        await plane.write('reviews.yaml', ...others);
        const client = await connect(story, plane, library, `${service.hostname}:${story.port}`);
        await eventually(async () => (await plane.proxies()).some(({ id }) => id === library), {
          what: 'the client is connected',
        });

        await plane.write('reviews.yaml', ...service.resources());
        await client.settlesOn(EAST);
        assert.deepEqual(client.errors, []);
        await plane.write('reviews.yaml', ...others);
        await eventually(() => client.errors.length >= 3, { what: 'three calls fail' });
        for (const error of client.errors) assert.match(error, UNAVAILABLE);
      }),
    );
  });
}

async function failsOver(client: GrpcClient, service: Service): Promise<void> {
  await client.settlesOn(EAST);
  await service.refuse('east');
  await client.settlesOn(WEST);
  await service.restore('east');
  await client.settlesOn(EAST);
  // One call in progress is not retried if its response had begun.
  assert.ok(client.errors.length <= 1, client.errors.join('\n'));
}

/** `reviews` in two sites, and its FailoverService. */
async function world(story: Story): Promise<{ readonly plane: ControlPlane; readonly service: Service<GrpcBackend> }> {
  const start = async (name: string): Promise<GrpcBackend> => {
    const backend = await GrpcBackend.start(name, story.address(), story.port);
    story.atEnd(() => backend.refuse());
    return backend;
  };
  const sites = { east: await Promise.all(EAST.map(start)), west: await Promise.all(WEST.map(start)) };
  const service = new Service({ name: 'reviews', protocol: 'GRPC', sites });
  const plane = await story.controlPlane({ 'meshes.yaml': meshes(...SITES), 'reviews.yaml': service.resources() });
  return { plane, service };
}

/** A client in the first site that calls the target. Its node's id is the library's name. */
async function connect(story: Story, plane: ControlPlane, library: GrpcLibrary, target: string): Promise<GrpcClient> {
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-grpc-'));
  story.atEnd(() => rm(directory, { recursive: true }));
  const { address, port } = plane.xds;
  const place = ['--locality', 'east', '--cluster', 'east', '--namespace', APP_NAMESPACE];
  const { stdout } = await lifeboat(
    'bootstrap',
    '--grpc',
    '--node-id',
    library,
    ...place,
    '--xds-address',
    `${address}:${port}`,
  );
  const bootstrap = join(directory, 'bootstrap.json');
  await writeFile(bootstrap, stdout);
  const client = await GrpcClient.start({ library, bootstrap, target: `xds:///${target}`, method: METHOD });
  story.atEnd(() => client.stop());
  return client;
}
