/** What the documentation shows as right is right, without a warning. */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { load } from '../main.js';
import { runCommand } from '../testing/run-command.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

describe('lifeboat check upon the examples', () => {
  for (const folder of ['docs/resources/examples', 'examples/bookinfo', 'examples/three-sites']) {
    it(`finds nothing wrong in ${folder}`, async () => {
      const { code, out } = await runCommand(['check', `${ROOT}${folder}`], { services: { load } });
      const lines = out.split('\n').filter((line) => line !== '' && !line.includes(' HangNoticedLate '));
      assert.deepEqual(lines, []);
      assert.equal(code, 0);
    });
  }
});
