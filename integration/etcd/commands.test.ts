/** `lifeboat etcd put|delete|list` with Debian's etcd. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { EtcdServer } from '../support/etcd/etcd-server.js';
import { lifeboat } from '../support/processes/lifeboat.js';
import { failoverFiles } from '../support/services/failover-files.js';
import { failoverService } from '../support/services/resources.js';
import { withStory } from '../support/story.js';

describe('lifeboat etcd', () => {
  it(
    'puts documents that check accepts, lists them, deletes them',
    withStory(async (story) => {
      const etcd = await EtcdServer.start(story);
      const directory = await story.directory('resources');
      const [east, west] = [await story.site('east'), await story.site('west')];
      for (const [name, documents] of Object.entries(failoverFiles([east, west], story.port)))
        if (typeof documents !== 'string')
          await writeFile(join(directory, name), documents.map((one) => stringify(one)).join('---\n'));
      const run = (...args: readonly string[]) => lifeboat('etcd', ...args, '--etcd', etcd.endpoint);
      const failover = '/lifeboat/FailoverService/service-mesh-hub/reviews-failover';

      const alone = await run('put', join(directory, 'failover.yaml'));
      assert.equal(alone.exitCode, 1, alone.stderr);
      assert.match(alone.stderr, /failover\.yaml:\d+:\d+ error .*\n.*Nothing was written/s);
      assert.deepEqual(await etcd.list('/lifeboat/'), []);

      const all = await run('put', directory);
      assert.deepEqual([all.exitCode, all.stdout.trimEnd().split('\n').length], [0, 7], all.stderr);
      assert.ok(all.stdout.includes(`${failover} created\n`));
      const written = await etcd.list('/lifeboat/');
      assert.deepEqual(new Set(written.map(({ modRevision }) => modRevision)).size, 1, 'all at once');

      // What it refers to is in etcd.
      const again = await run('put', join(directory, 'failover.yaml'));
      assert.deepEqual([again.exitCode, again.stdout], [0, `${failover} unchanged\n`], again.stderr);
      const spec = failoverService({ clusters: ['west', 'east'], port: story.port, visibleIn: ['east'] });
      await writeFile(join(directory, 'failover.yaml'), stringify(spec));
      assert.equal((await run('put', join(directory, 'failover.yaml'))).stdout, `${failover} changed\n`);

      const { items } = JSON.parse((await run('list', '-o', 'json')).stdout) as {
        readonly items: readonly { readonly key: string; readonly kind: string; readonly name: string }[];
      };
      assert.deepEqual(
        items.map(({ key }) => key),
        (await etcd.list('/lifeboat/')).map(({ key }) => key),
      );
      assert.match(
        (await run('list', join(directory, 'failover.yaml'))).stdout,
        /^KEY +KIND +NAMESPACE +NAME +REVISION +STATE +PROBLEM\n\S+ +FailoverService +service-mesh-hub +reviews-failover +\d+ .*\n$/,
      );

      assert.equal((await run('delete', join(directory, 'failover.yaml'))).stdout, `${failover} deleted\n`);
      const gone = await run('delete', join(directory, 'failover.yaml'));
      assert.deepEqual([gone.exitCode, gone.stderr], [1, `${failover} does not exist\n`]);
      assert.equal((await etcd.list('/lifeboat/')).length, 6);

      await etcd.put('/lifeboat/wrong', 'kind: [');
      assert.match((await run('list')).stdout, /\/lifeboat\/wrong .*Flow sequence/);
      await etcd.crash();
      const unreachable = await run('list');
      assert.equal(unreachable.exitCode, 3);
      assert.match(unreachable.stderr, /error: etcd cannot be reached: http:.*ECONNREFUSED/);
    }),
  );
});
