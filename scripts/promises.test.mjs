/** docs/reliability.md and docs/security.md against the tests: what they say is tested, and each test that names a promise has a row. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';

const root = new URL('..', import.meta.url).pathname;
const page = readFileSync(join(root, 'docs/reliability.md'), 'utf8');
const RULES = 100;

/** Rows of the table: the number of the promise, and its tests. */
const rows = [...page.matchAll(/^\| (\d+) \|.*\| ([^|]+) \|$/gm)].map(([, number, tests]) => ({ number, tests }));

/** Its only title is that of all random runs. */
const RANDOM_RUNS = 'src/xds/convergence.test.ts';

function filesIn(tests) {
  return [...tests.matchAll(/`([^`]+)`/g)].map(([, file]) => file);
}

function testFiles(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(folder, name));
}

/** The promises that the titles of a file name: `promise 24: …`, `promises 11 and 12`. */
function promisesIn(file) {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/promises? (\d+(?:(?:, | and )\d+)*)/gi)].flatMap(([, numbers]) => numbers.split(/\D+/));
}

describe('promises', () => {
  it('are rows of docs/reliability.md', () => assert.ok(rows.length > 20));

  it('each have a test that names them, or a rule of the protocol', () => {
    const untested = rows.filter(({ number, tests }) => {
      const files = filesIn(tests);
      for (const file of files) assert.ok(existsSync(join(root, file)), `${number}: ${file}`);
      const [, list = ''] = /rules? ([\d, ]+)/.exec(tests) ?? [];
      const rules = list.split(/\D+/).filter((text) => text !== '');
      for (const rule of rules) assert.ok(Number(rule) >= 1 && Number(rule) <= RULES, `${number}: rule ${rule}`);
      return rules.length === 0 && !files.some((file) => promisesIn(file).includes(number));
    });
    assert.deepEqual(untested, []);
  });

  it('are named by every test of their rows', () => {
    const unnamed = rows.flatMap(({ number, tests }) =>
      filesIn(tests)
        .filter((file) => file !== RANDOM_RUNS && !promisesIn(file).includes(number))
        .map((file) => `${number}: ${file}`),
    );
    assert.deepEqual(unnamed, []);
  });

  it('have a row if a test names them', () => {
    const known = new Set(rows.map(({ number }) => number));
    const unknown = ['src', 'integration'].flatMap(testFiles).flatMap((file) =>
      promisesIn(file)
        .filter((number) => !known.has(number))
        .map((number) => `${file}: ${number}`),
    );
    assert.deepEqual(unknown, []);
  });
});

describe('the threats in docs/security.md', () => {
  const security = readFileSync(join(root, 'docs/security.md'), 'utf8');
  const [, table = ''] = /^\| threat \| measure \| tests \|\n\|[-|]+\n((?:\|.*\n)+)/m.exec(security) ?? [];
  const threats = [...table.matchAll(/^\| (.*?) \| .* \| ([^|]+) \|$/gm)].map(([, threat, tests]) => ({
    threat,
    tests,
  }));

  it('each have a test that exists', () => {
    assert.ok(threats.length > 10, String(threats.length));
    assert.equal(threats.length, table.trim().split('\n').length);
    for (const { threat, tests } of threats) {
      assert.ok(filesIn(tests).length > 0, threat);
      for (const file of filesIn(tests))
        assert.ok(file.endsWith('.test.ts') && existsSync(join(root, file)), `${threat}: ${file}`);
    }
  });
});
