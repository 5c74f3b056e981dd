/**
 * `INTERCEPTION: REDIRECT` with real iptables, in a network namespace of its own that goes when its last process does.
 */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { envoyBinary } from '../envoy/binary.js';
import { runProgram } from './support/processes/child-process.js';
import { ensureCommand } from './support/processes/debian-package.js';
import { eventually } from './support/processes/eventually.js';

const STORY = fileURLToPath(new URL('interception/story.js', import.meta.url));

describe('an Envoy to which iptables redirects', () => {
  it('takes what its listeners are for and passes the rest through', async () => {
    assert.equal(process.getuid?.(), 0, 'A network namespace with iptables needs root.');
    await ensureCommand('ip', 'iproute2');
    await ensureCommand('iptables', 'iptables');
    const story = runProgram('unshare', [
      '--net',
      process.execPath,
      '--enable-source-maps',
      STORY,
      await envoyBinary(),
    ]);
    const exit = await eventually(() => story.ended(), { what: 'the story ends', timeout: 90_000 }).finally(() =>
      story.stop(),
    );
    assert.equal(exit, 0, story.output.slice(-40).join('\n'));
  });
});
