/**
 * HTTP2 and GRPC services: Envoy speaks HTTP/2 to backends that support nothing else, and they fail over like others.
 */
import assert from 'node:assert/strict';
import { eventually } from './support/processes/eventually.js';
import { GrpcBackend, grpcCaller } from './support/services/grpc-backend.js';
import {
  destination,
  FAILOVER_HOSTNAME,
  failoverService,
  quickOutlierDetection,
} from './support/services/resources.js';
import { meshes } from './support/services/service.js';
import { withStory } from './support/story.js';

const CLUSTERS = ['east', 'west'] as const;

describe('a FailoverService over HTTP/2', () => {
  it(
    'reaches HTTP2 backends in every tier',
    withStory(async (story) => {
      const [east, west] = [
        await story.site('east', { protocol: 'http2' }),
        await story.site('west', { protocol: 'http2' }),
      ];
      const plane = await story.controlPlane({
        'meshes.yaml': meshes(...CLUSTERS),
        'destinations.yaml': [east, west].map((site) => site.destination({ portName: 'http2' })),
        'policies.yaml': [quickOutlierDetection(CLUSTERS)],
        'failover.yaml': [failoverService({ clusters: CLUSTERS, port: story.port, protocol: 'HTTP2' })],
      });
      const sidecar = await story.sidecar(plane, { cluster: 'east' });
      const failover = story.traffic(sidecar, { concurrency: 4 });
      const own = story.traffic(sidecar, { host: `reviews:${story.port}` });
      await failover.settlesOn(east.names);
      await own.settlesOn(east.names);
      assert.deepEqual((await own.stop()).failures, []);

      await east.refuse();
      await failover.settlesOn(west.names);
      await east.restore();
      await failover.settlesOn(east.names);
      assert.deepEqual((await failover.stop()).failures, []);
    }),
  );

  it(
    'reaches GRPC backends in every tier',
    withStory(async (story) => {
      const backends = await Promise.all(CLUSTERS.map((name) => GrpcBackend.start(name, story.address(), story.port)));
      for (const backend of backends) story.atEnd(() => backend.refuse());
      const plane = await story.controlPlane({
        'meshes.yaml': meshes(...CLUSTERS),
        'destinations.yaml': backends.map(({ name, address, port }) =>
          destination({ cluster: name, port, portName: 'grpc', endpoints: [{ address }] }),
        ),
        'policies.yaml': [quickOutlierDetection(CLUSTERS)],
        'failover.yaml': [failoverService({ clusters: CLUSTERS, port: story.port, protocol: 'GRPC' })],
      });
      const { address } = await story.sidecar(plane, { cluster: 'east' });
      const caller = grpcCaller(address, story.port, `${FAILOVER_HOSTNAME}:${story.port}`);
      story.atEnd(async () => {
        caller.close();
      });

      assert.equal(await caller.call(), 'east');
      await backends[0]?.refuse();
      assert.equal(await caller.call(), 'west');
      await backends[0]?.restore();
      await eventually(async () => (await caller.call()) === 'east');
    }),
  );
});
