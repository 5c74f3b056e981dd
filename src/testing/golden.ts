/** Compares results with files in the repository. `UPDATE_GOLDEN=1` (`make golden`) rewrites them; a file that no test claims is an error. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of test data in the sources, seen from the compiled tests. */
export const TESTDATA = fileURLToPath(new URL('../../../src/testdata/', import.meta.url));

/** Whether golden files are to be rewritten rather than compared. */
export function updatesGoldens(): boolean {
  return process.env['UPDATE_GOLDEN'] === '1';
}

/** Asserts that the file holds `value` as JSON. */
export function matchGolden(file: string, value: unknown): void {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if (updatesGoldens()) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return;
  }
  assert.equal(
    text,
    readOrEmpty(file),
    `${file} differs; if the change is meant, run make golden and look at the diff`,
  );
}

/** Asserts that a case has no golden files besides those named; removes them when goldens are rewritten. */
export function refuseOrphans(folder: string, expected: ReadonlySet<string>): void {
  const orphans = readdirSync(folder).filter((name) => name.endsWith('.json') && !expected.has(name));
  if (updatesGoldens()) for (const name of orphans) rmSync(join(folder, name));
  else assert.deepEqual(orphans, [], `${folder} has golden files that no test writes`);
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
