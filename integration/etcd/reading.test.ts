/** `lifeboat serve --etcd` with Debian's etcd and a real Envoy: documents that change, outages of etcd, compaction. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EtcdServer } from '../support/etcd/etcd-server.js';
import { eventually } from '../support/processes/eventually.js';
import { lifeboat } from '../support/processes/lifeboat.js';
import type { ControlPlane, ResourceObject } from '../support/processes/control-plane.js';
import { failoverFiles } from '../support/services/failover-files.js';
import { failoverService, quickOutlierDetection } from '../support/services/resources.js';
import { meshes } from '../support/services/service.js';
import type { Site } from '../support/services/site.js';
import { type Story, withStory } from '../support/story.js';

const SITES = ['east', 'west'] as const;

interface World {
  readonly etcd: EtcdServer;
  readonly east: Site;
  readonly west: Site;
  readonly plane: ControlPlane;
}

/** Two sites whose failover from east to west is in etcd, and a control plane that reads nothing else. */
async function world(story: Story): Promise<World> {
  const etcd = await EtcdServer.start(story);
  const [east, west] = [await story.site('east'), await story.site('west')];
  for (const documents of Object.values(failoverFiles([east, west], story.port)))
    if (typeof documents !== 'string') for (const document of documents) await put(etcd, document);
  const plane = await story.controlPlane({}, { readsFiles: false, flags: ['--etcd', etcd.endpoint] });
  return { etcd, east, west, plane };
}

async function put(etcd: EtcdServer, document: ResourceObject): Promise<void> {
  await etcd.put(keyOf(document), JSON.stringify(document));
}

function keyOf({ kind, metadata: { namespace = '', name } }: ResourceObject): string {
  return `/lifeboat/${kind}/${namespace}/${name}`;
}

/** East first, or west first. */
function failover(story: Story, clusters: readonly string[]): ResourceObject {
  return failoverService({ clusters, port: story.port, visibleIn: ['east'] });
}

describe('documents from etcd', () => {
  it(
    'fail over and back as they change; an etcd that is gone, frozen or compacted loses nothing',
    withStory(async (story) => {
      const { etcd, east, west, plane } = await world(story);
      const traffic = story.traffic(await story.sidecar(plane, { cluster: 'east' }));
      await traffic.settlesOn(east.names);
      await put(etcd, failover(story, ['west', 'east']));
      await traffic.settlesOn(west.names);
      const spare = { ...quickOutlierDetection(['north']), metadata: { name: 'spare', namespace: 'service-mesh-hub' } };
      await put(etcd, spare);
      await plane.logs(/added TrafficPolicy service-mesh-hub\/spare/);

      await etcd.crash();
      await plane.logs(/etcd cannot be followed under \/lifeboat\//);
      await etcd.startAgain();
      await put(etcd, failover(story, ['east', 'west']));
      await traffic.settlesOn(east.names);

      // A frozen server keeps its connections open.
      etcd.freeze();
      await plane.logs(/etcd cannot be followed under .*no answer/);
      etcd.unfreeze();
      await put(etcd, failover(story, ['west', 'east']));
      await traffic.settlesOn(west.names);

      await etcd.crash();
      await eventually(() => plane.log.filter((line) => line.includes('cannot be followed')).length >= 3);
      plane.freeze();
      await etcd.startAgain();
      await put(etcd, failover(story, ['east', 'west']));
      await etcd.delete(keyOf(spare));
      await etcd.compact();
      plane.thaw();
      await traffic.settlesOn(east.names);
      await eventually(async () => (await plane.resources({ name: 'spare' })).length === 0, {
        what: 'what was deleted meanwhile is gone',
      });
      assert.deepEqual((await traffic.stop()).failures, []);
    }),
  );

  it(
    'hurt only themselves when they are wrong',
    withStory(async (story) => {
      const { etcd, plane } = await world(story);
      await etcd.put(keyOf(quickOutlierDetection(SITES)), 'kind: [');
      await etcd.put('/lifeboat/new', JSON.stringify({ ...quickOutlierDetection(SITES), kind: 'Nothing' }));
      await plane.logs(/etcd\/lifeboat\/TrafficPolicy\/service-mesh-hub\/reviews-outlier.*InvalidYaml/);
      await plane.logs(/etcd\/lifeboat\/new".*UnknownKind/);
      assert.equal((await plane.status('TrafficPolicy', 'reviews-outlier')).state, 'ACCEPTED');
      await put(etcd, { ...failover(story, ['west']), metadata: { name: 'later', namespace: 'service-mesh-hub' } });
      await eventually(async () => (await plane.resources({ kind: 'FailoverService', name: 'later' })).length === 1);
    }),
  );

  it(
    'are beside those of files, which come first',
    withStory(async (story) => {
      const etcd = await EtcdServer.start(story);
      const [east, west] = [await story.site('east'), await story.site('west')];
      await put(etcd, failover(story, ['west', 'east']));
      const flags = ['--etcd', etcd.endpoint];
      const plane = await story.controlPlane(failoverFiles([east, west], story.port), { flags });
      await plane.logs(/FailoverService service-mesh-hub\/reviews-failover is already defined at .*failover.yaml:1/);
      const traffic = story.traffic(await story.sidecar(plane, { cluster: 'east' }));
      await traffic.settlesOn(east.names);
      // The status is that of the one in the file, so etcd does not get it.
      const [other] = meshes('north');
      await put(etcd, other ?? assert.fail());
      const statuses = async (): Promise<readonly string[]> =>
        (await etcd.list('/lifeboat-status/')).map(({ key }) => key);
      await eventually(async () => (await statuses()).length > 0, { what: 'a status is written' });
      assert.deepEqual(await statuses(), ['/lifeboat-status/Mesh/service-mesh-hub/istiod-istio-system-north']);
      await plane.remove('failover.yaml');
      await traffic.settlesOn(west.names);
      await eventually(async () => (await statuses()).some((key) => key.includes('/FailoverService/')), {
        what: 'the FailoverService of etcd has a status',
      });
    }),
  );

  it(
    'are read by a user with a password, under its prefix only',
    withStory(async (story) => {
      const etcd = await EtcdServer.start(story);
      await put(etcd, failover(story, SITES));
      await etcd.requireUsers({ root: 'root-secret', reader: 'reader-secret' });
      const directory = await story.directory('secrets');
      const passwordFile = join(directory, 'password');
      await writeFile(passwordFile, 'reader-secret\n');
      const login = ['--etcd-user', 'reader', '--etcd-password-file', passwordFile];
      const flags = ['--etcd', etcd.endpoint, ...login];
      const plane = await story.controlPlane({}, { readsFiles: false, flags });
      await plane.status('FailoverService', 'reviews-failover');

      // The tokens of Debian's etcd do not outlive it.
      await etcd.crash();
      await etcd.startAgain();
      await put(etcd, { ...failover(story, SITES), metadata: { name: 'later', namespace: 'service-mesh-hub' } });
      await eventually(async () => (await plane.resources({ name: 'later' })).length === 1, {
        what: 'it logs in again',
      });

      const elsewhere = await lifeboat('etcd', 'list', ...flags, '--etcd-prefix', '/elsewhere/');
      assert.equal(elsewhere.exitCode, 1);
      assert.match(elsewhere.stderr, /permission denied/);
      await writeFile(passwordFile, 'wrong\n');
      const refused = await lifeboat('etcd', 'list', ...flags);
      assert.equal(refused.exitCode, 1);
      assert.match(refused.stderr, /authentication failed, invalid user ID or password/);
    }),
  );
});
