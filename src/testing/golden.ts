/**
 * Compares results with the files of a folder in the repository.
 *
 * `UPDATE_GOLDEN=1` (`make golden`) writes the files and removes those that no result belongs to; otherwise a difference,
 * a missing file and a file without a result each fail the test.
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toGoldenYaml } from './golden-yaml.js';

/** The folder of test data in the sources, seen from the compiled tests. */
export const TESTDATA = fileURLToPath(new URL('../../../src/testdata/', import.meta.url));

/** Whether to rewrite golden files instead of comparing them. */
export function updatesGoldens(): boolean {
  return process.env['UPDATE_GOLDEN'] === '1';
}

/** The expected content of a folder. */
export interface Golden {
  /** The files that the test reads. They are never changed. */
  readonly inputs: readonly string[];
  /** Each file's name without `.yaml`, and its content. */
  readonly results: ReadonlyMap<string, unknown>;
}

/** Asserts that the folder contains exactly `results` and `inputs`, or writes them if `update` is set. */
export function matchGolden(folder: string, { inputs, results }: Golden, update = updatesGoldens()): void {
  const expected = new Map<string, string>([...results].map(([name, value]) => [`${name}.yaml`, toGoldenYaml(value)]));
  const orphans = readdirSync(folder).filter((file) => !expected.has(file) && !inputs.includes(file));
  if (update) rewrite(folder, expected, orphans);
  else compare(folder, expected, orphans);
}

/**
 * The results of all clients, by file: `<client>.<type>` for each type. Clients with the same result share a file with all their names, in the
 * order of `clients`: `east+west.clusters`.
 */
export function resultsByClient(
  clients: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): ReadonlyMap<string, unknown> {
  const owners = new Map<string, { type: string; value: unknown; names: string[] }>();
  for (const [name, types] of clients) {
    for (const [type, value] of Object.entries(types)) {
      const key = `${type} ${JSON.stringify(value)}`;
      const entry = owners.get(key);
      if (entry) entry.names.push(name);
      else owners.set(key, { type, value, names: [name] });
    }
  }
  return new Map([...owners.values()].map(({ type, value, names }) => [`${names.join('+')}.${type}`, value]));
}

function rewrite(folder: string, expected: ReadonlyMap<string, string>, orphans: readonly string[]): void {
  for (const [file, text] of expected) writeFileSync(join(folder, file), text);
  for (const file of orphans) rmSync(join(folder, file));
}

function compare(folder: string, expected: ReadonlyMap<string, string>, orphans: readonly string[]): void {
  for (const [file, text] of expected) {
    const path = join(folder, file);
    assert.equal(
      text,
      readOrEmpty(path),
      `${path} differs. If the change is intended, run make golden and review the diff`,
    );
  }
  assert.deepEqual(orphans, [], `${folder} has files that no result belongs to. Run make golden to remove them`);
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
