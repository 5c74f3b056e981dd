/** Promise 35: the disk of the state is full. Nothing else is affected, the last state stays, and a new one is written when there is space. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../support/processes/eventually.js';
import { withStory } from '../support/story.js';
import { twoSites } from '../support/two-sites.js';

const run = promisify(execFile);
/** Of the disk, in bytes: enough for a state. */
const DISK = 256 << 10;

describe('a full disk', () => {
  it(
    'promise 35: does not affect traffic, changes or a restart, and the state is written again when there is space',
    withStory(async (story) => {
      const disk = await story.directory('disk');
      await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', disk]);
      story.atEnd(() => run('umount', [disk]));
      const { east, west, plane } = await twoSites(story, { flags: ['--state-dir', join(disk, 'lifeboat')] });
      const metric = async (name: string): Promise<number> => (await plane.metric(`lifeboat_state_${name}`))[''] ?? 0;
      const traffic = story.traffic(await story.sidecar(plane, { cluster: 'east' }));
      await traffic.settlesOn(east.names);
      await eventually(async () => (await metric('written_timestamp_seconds')) > 0, { what: 'a state is written' });

      const filler = join(disk, 'filler');
      await assert.rejects(writeFile(filler, Buffer.alloc(2 * DISK)), { code: 'ENOSPC' });
      await plane.write('east.yaml', east.destination({ endpoints: [] }));
      await traffic.settlesOn(west.names);
      await eventually(async () => (await metric('errors_total')) > 0, { what: 'the state cannot be written' });
      await plane.logs(/ENOSPC/);

      await plane.restart();
      await traffic.settlesOn(west.names);
      await rm(filler);
      await plane.write('east.yaml', east.destination());
      await traffic.settlesOn(east.names);
      await eventually(async () => (await metric('written_timestamp_seconds')) > 0, {
        what: 'a state is written again',
        timeout: 60_000,
      });
      assert.deepEqual((await traffic.stop()).failures, []);
    }),
  );
});
