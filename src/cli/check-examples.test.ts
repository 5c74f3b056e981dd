/** What the documentation shows as right is right. */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { load } from '../main.js';
import { runCommand } from '../testing/run-command.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The guide of bookinfo sets no timeout per try for reviews. */
const expected: Readonly<Record<string, readonly string[]>> = {
  'docs/resources/examples': [],
  'examples/bookinfo': ['warning HangNoticedLate FailoverService/service-mesh-hub/reviews-failover'],
  'examples/three-sites': [],
};

describe('lifeboat check with the examples', () => {
  for (const [folder, findings] of Object.entries(expected)) {
    it(`finds no mistake in ${folder}`, async () => {
      const { code, out } = await runCommand(['check', `${ROOT}${folder}`], { ports: { load } });
      const lines = out.split('\n').filter((line) => line !== '');
      assert.deepEqual(
        lines.map((line) => line.split(' ').slice(1, 4).join(' ')),
        findings,
      );
      assert.equal(code, 0);
    });
  }
});
