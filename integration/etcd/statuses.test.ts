/** Statuses beside the documents in etcd: one of two control planes writes them, and the other one when it is gone. */
import assert from 'node:assert/strict';
import { EtcdServer, type StoredValue } from '../support/etcd/etcd-server.js';
import { eventually } from '../support/processes/eventually.js';
import { lifeboat } from '../support/processes/lifeboat.js';
import type { ResourceObject } from '../support/processes/control-plane.js';
import { failoverFiles } from '../support/services/failover-files.js';
import { failoverService } from '../support/services/resources.js';
import { type Story, withStory } from '../support/story.js';

const STATUSES = '/lifeboat-status/';
const FAILOVER = 'FailoverService/service-mesh-hub/reviews-failover';

async function put(etcd: EtcdServer, document: ResourceObject): Promise<void> {
  const { kind, metadata } = document;
  await etcd.put(`/lifeboat/${kind}/${metadata.namespace ?? ''}/${metadata.name}`, JSON.stringify(document));
}

async function filled(story: Story): Promise<EtcdServer> {
  const etcd = await EtcdServer.start(story);
  const sites = [await story.site('east'), await story.site('west')];
  for (const documents of Object.values(failoverFiles(sites, story.port)))
    if (typeof documents !== 'string') for (const document of documents) await put(etcd, document);
  return etcd;
}

/** Waits for a state of the FailoverService. Returns what etcd has. */
function reaches(etcd: EtcdServer, state: string, timeout = 40_000): Promise<StoredValue> {
  return eventually(
    async () => {
      const found = (await etcd.list(STATUSES)).find(({ key }) => key === `${STATUSES}${FAILOVER}`);
      assert.ok(found);
      const { status } = JSON.parse(found.value) as { readonly status: { readonly state: string } };
      assert.equal(status.state, state);
      return found;
    },
    { what: `the status in etcd is ${state}`, timeout },
  );
}

function failover(story: Story, more: object = {}): ResourceObject {
  const resource = failoverService({ clusters: ['east', 'west'], port: story.port });
  return { ...resource, spec: { ...(resource.spec as object), ...more } };
}

describe('statuses in etcd', () => {
  it(
    'are written by one control plane, and by the other one when that has crashed',
    withStory(async (story) => {
      const etcd = await filled(story);
      const options = { readsFiles: false, flags: ['--etcd', etcd.endpoint] };
      const first = await story.controlPlane({}, { name: 'first', ...options });
      await first.logs(/writes the statuses to etcd/);
      const second = await story.controlPlane({}, { name: 'second', ...options });
      assert.equal((await reaches(etcd, 'ACCEPTED')).version, 1);

      await put(etcd, failover(story, { hostname: 'not a name' }));
      const invalid = await reaches(etcd, 'INVALID');
      assert.ok(invalid.version <= 3, `written ${invalid.version} times`);
      assert.ok(!second.log.some((line) => line.includes('writes the statuses')));
      const { stdout } = await lifeboat('etcd', 'list', '--etcd', etcd.endpoint);
      assert.match(stdout, /reviews-failover +\d+ +INVALID/);

      await first.crash();
      await put(etcd, failover(story));
      await second.logs(/writes the statuses to etcd/);
      await reaches(etcd, 'ACCEPTED');
      await etcd.delete(`/lifeboat/${FAILOVER}`);
      await eventually(async () => !(await etcd.list(STATUSES)).some(({ key }) => key.endsWith(FAILOVER)), {
        what: 'the status goes with the document',
      });
    }),
  );

  it(
    'are not written by a control plane that was suspended while another one took over',
    withStory(async (story) => {
      const etcd = await filled(story);
      const options = { readsFiles: false, flags: ['--etcd', etcd.endpoint] };
      const first = await story.controlPlane({}, { name: 'first', ...options });
      await reaches(etcd, 'ACCEPTED');
      const second = await story.controlPlane({}, { name: 'second', ...options });
      first.freeze();
      await second.logs(/writes the statuses to etcd/);
      await put(etcd, failover(story, { hostname: 'not a name' }));
      await reaches(etcd, 'INVALID');
      first.thaw();
      await first.logs(/does not write the statuses to etcd any more/);
      await put(etcd, failover(story));
      await reaches(etcd, 'ACCEPTED');
      const writers = await etcd.list('/lifeboat-status-writer');
      assert.equal(writers.length, 1);

      // One that stops need not be waited for.
      await second.stop();
      await first.logs(/"writes the statuses to etcd".*/);
      await put(etcd, failover(story, { hostname: 'not a name' }));
      await reaches(etcd, 'INVALID');
    }),
  );
});
