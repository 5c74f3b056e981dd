/** Manifests of the examples with random edits: `lifeboat check` ends with findings, after work that grows with the bytes only. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { load } from '../main.js';
import { type Edit, edited, edits } from '../testing/mutations.js';
import { propertyRuns } from '../testing/property-runs.js';
import { runCommand, withFiles } from '../testing/run-command.js';
import { countStepsUntil } from '../testing/work-meter.js';

const EXAMPLES = fileURLToPath(new URL('../../../examples', import.meta.url));
/** Steps for each byte of a manifest, and those that every command takes. */
const STEPS_PER_BYTE = 3_000;
const BASE_STEPS = 3_000_000;

const manifests = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(join(EXAMPLES, name)));

async function check(bytes: Buffer): Promise<void> {
  await withFiles({}, async (directory) => {
    await writeFile(join(directory, 'a.yaml'), bytes);
    const { code, out, err } = await runCommand(['check', directory], { ports: { load } });
    assert.match(err, /^\d+ resources?: \d+ errors?, \d+ warnings?\.\n$/);
    assert.equal(code, out.includes(' error ') ? 1 : 0);
  });
}

describe('lifeboat check with mutated manifests', function () {
  this.timeout(0);

  it('reports findings, and works in proportion to the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...manifests), edits, async (manifest: Buffer, all: readonly Edit[]) => {
        const bytes = edited(manifest, all);
        const steps = await countStepsUntil(() => check(bytes));
        assert.ok(
          steps <= BASE_STEPS + STEPS_PER_BYTE * bytes.length,
          `${steps} steps for ${bytes.length} bytes:\n${bytes.toString()}`,
        );
      }),
      { numRuns: propertyRuns(300) },
    );
  });
});
