/** The systemd unit: systemd knows all of its settings, its sandbox is as tight as the documentation says, and its command starts. */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { outputOf } from '../support/kubernetes/programs.js';
import { ControlPlane } from '../support/processes/control-plane.js';
import { canInstallPackages, ensureCommand } from '../support/processes/debian-package.js';
import { LIFEBOAT } from '../support/processes/lifeboat.js';
import { ROOT } from '../support/processes/packed-project.js';
import { type Story, withStory } from '../support/story.js';

const FOLDER = join(ROOT, 'deploy/systemd');

/** Its path in a directory where systemd-analyze finds nothing else. The program of the command is one that exists. */
async function unit(story: Story): Promise<string> {
  const file = join(await story.directory('unit'), 'lifeboat.service');
  const text = await readFile(join(FOLDER, 'lifeboat.service'), 'utf8');
  const changed = text.replace(/^ExecStart=lifeboat /m, `ExecStart=${process.execPath} `);
  assert.notEqual(changed, text);
  await writeFile(file, changed);
  return file;
}

describe('the systemd unit', () => {
  before(async function () {
    this.timeout(120_000);
    const isThere = await outputOf('systemd-analyze', ['--version']).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    if (canInstallPackages()) {
      await ensureCommand('systemd-analyze', 'systemd');
      return;
    }
    console.error('The command systemd-analyze is missing, so the tests of the systemd unit do not run.');
    this.skip();
  });

  it(
    'is understood by systemd',
    withStory(async (story) => {
      // It prints what it does not know, and exits with 0 all the same.
      assert.equal(
        await outputOf('sh', ['-c', 'exec systemd-analyze verify --man=no "$1" 2>&1', '-', await unit(story)]),
        '',
      );
    }),
  );

  it(
    'has the exposure that docs/installation.md says',
    withStory(async (story) => {
      const output = await outputOf('systemd-analyze', ['security', '--offline=true', '--no-pager', await unit(story)]);
      const [, exposure] = /Overall exposure level for lifeboat\.service: ([\d.]+)/.exec(output) ?? [];
      const [, documented] = /`systemd-analyze security` rates its exposure ([\d.]+)/.exec(
        await readFile(join(ROOT, 'docs/installation.md'), 'utf8'),
      ) ?? ['', 'no figure'];
      // Later versions of systemd look at more.
      assert.ok(
        Math.abs(Number(exposure) - Number(documented)) <= 0.5,
        `${String(exposure)}, documented ${documented}`,
      );
    }),
  );

  it(
    'has a command that starts with the settings beside it',
    withStory(async (story) => {
      const text = await readFile(join(FOLDER, 'lifeboat.service'), 'utf8');
      const [, flags = ''] = /^ExecStart=lifeboat serve (.*)$/m.exec(text) ?? [];
      assert.equal(flags, '--settings /etc/lifeboat/settings.yaml');
      const settings = parse(await readFile(join(FOLDER, 'settings.yaml'), 'utf8')) as Readonly<Record<string, string>>;
      assert.deepEqual(Object.keys(settings), ['config', 'state-dir', 'xds-address', 'admin-address']);
      const [directory, resources] = [await story.directory('etc'), join(ROOT, 'examples/bookinfo')];
      await mkdir(join(directory, 'state'));
      const file = join(directory, 'settings.yaml');
      await writeFile(file, stringify({ ...settings, config: resources, 'state-dir': join(directory, 'state') }));
      // Addresses of the test, because the default ports may be in use.
      const options = {
        directory,
        address: story.address(),
        readsFiles: false,
        flags: [`--settings=${file}`],
        program: LIFEBOAT,
      };
      const plane = await ControlPlane.start(options, {});
      assert.ok((await plane.resources({ kind: 'FailoverService' })).length > 0);
      await plane.stop();
    }),
  );
});
