/**
 * Promise 32: a control plane is added behind a load balancer. Connections end at their age (`--max-connection-age`), so the Envoys spread over
 * both control planes. Nothing changes in them, and no request fails.
 */
import assert from 'node:assert/strict';
import { changesIn } from '../support/envoys/changes.js';
import type { ControlPlane } from '../support/processes/control-plane.js';
import { eventually } from '../support/processes/eventually.js';
import { Balancer } from '../support/services/balancer.js';
import { failoverFiles } from '../support/services/failover-files.js';
import { type Sidecar, withStory } from '../support/story.js';

/** By turns with state-of-the-world and incremental xDS. */
const ENVOYS = ['GRPC', 'DELTA_GRPC', 'GRPC', 'DELTA_GRPC'] as const;
const AGE = ['--max-connection-age', '1s'];

describe('a control plane that is added', () => {
  it(
    'promise 32: gets its part of the Envoys when their connections reach their age, and changes nothing in them',
    withStory(async (story) => {
      const [east, west] = [await story.site('east'), await story.site('west')];
      const files = failoverFiles([east, west], story.port);
      const first = await story.controlPlane(files, { name: 'first', flags: AGE });
      const balancer = await Balancer.start(story.address(), [first.xds]);
      story.atEnd(() => balancer.stop());
      const served = { xds: balancer.socket, synced: (id: string) => first.synced(id) };
      const sidecars = await Promise.all(ENVOYS.map((adsMode) => story.sidecar(served, { cluster: 'east', adsMode })));
      const traffic = sidecars.map((sidecar) => story.traffic(sidecar, { pause: 5 }));
      for (const each of traffic) await each.settlesOn(east.names);
      const before = await Promise.all(sidecars.map(({ envoy }) => changesIn(envoy.admin)));

      const second = await story.controlPlane(files, { name: 'second', flags: AGE });
      balancer.targets = [first.xds, second.xds];
      const accepted = balancer.accepted;
      // A stream goes on for up to 30 s after its connection has reached its age.
      await eventually(() => balancer.accepted >= accepted + ENVOYS.length, {
        what: 'all Envoys have connected again',
        timeout: 90_000,
      });
      const counts = async (): Promise<readonly number[]> =>
        (await Promise.all([first, second].map((plane) => plane.proxies()))).map(({ length }) => length);
      await eventually(async () => JSON.stringify(await counts()) === '[2,2]', { what: 'each has two of the Envoys' });
      await sendsNoMoreThanItMust(second, sidecars);

      for (const plane of [first, second]) await plane.write('east.yaml', east.destination({ endpoints: [] }));
      for (const each of traffic) await each.settlesOn(west.names);
      assert.deepEqual(await Promise.all(sidecars.map(({ envoy }) => changesIn(envoy.admin))), before);
      for (const each of traffic) assert.deepEqual((await each.stop()).failures, []);
    }),
  );
});

/** Incremental Envoys get nothing. By state of the world, a subscription to names must be answered (rule 31): to endpoints and to routes. */
async function sendsNoMoreThanItMust(plane: ControlPlane, sidecars: readonly Sidecar[]): Promise<void> {
  const connected = (await plane.proxies()).map(({ id }) => id);
  const answered = sidecars.filter(({ envoy }, i) => ENVOYS[i] === 'GRPC' && connected.includes(envoy.id)).length;
  const expected = answered === 0 ? {} : { '{type="EDS"}': answered, '{type="RDS"}': answered };
  await eventually(
    async () => {
      assert.deepEqual(await plane.metric('lifeboat_xds_pushes_total'), expected);
      return true;
    },
    { what: `${answered} Envoys are answered` },
  );
}
