/** Checks that the rules of the protocol are counted from the titles of tests. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { accountOf, rulesIn } from './rules.cjs';

const root = new URL('../', import.meta.url);
const ALL = Array.from({ length: 100 }, (_, index) => index + 1);

describe('the account of rules', () => {
  for (const [title, numbers] of [
    ['nonces rule 13: an error makes a NACK', [13]],
    ['rules 14 and 15: once', [14, 15]],
    ['rules 1, 2 and 3: the node', [1, 2, 3]],
    ['rule 77: removal delta rule 82: too', [77, 82]],
    ['what no rule 13 says, nor ruler 1: nor rule: 5', []],
  ]) {
    // The titles themselves must not stand in the name of a test: they would be counted.
    it(`reads ${JSON.stringify(numbers)}`, () => assert.deepEqual(rulesIn(title), numbers));
  }

  it('is one line if all rules are tested and passed', () => {
    const runs = [
      { passed: ALL.slice(0, 60), failed: [] },
      { passed: ALL.slice(50), failed: [] },
    ];
    assert.deepEqual(accountOf(runs), { lines: ['xDS rules: 100 of 100 tested, 100 passed'], failures: 0 });
  });

  it('names rules with a failed test, even if another test passed', () => {
    assert.deepEqual(accountOf([{ passed: ALL, failed: [14] }]), {
      lines: ['xDS rules: 100 of 100 tested, 99 passed', 'Rules with a failed test: 14'],
      failures: 0,
    });
  });

  it('counts rules without a test as one failure', () => {
    assert.deepEqual(accountOf([{ passed: ALL.slice(2), failed: [2] }]), {
      lines: ['xDS rules: 99 of 100 tested, 98 passed', 'Rules with a failed test: 2', 'Rules without a test: 1'],
      failures: 1,
    });
    assert.equal(accountOf([]).failures, 1);
  });

  it('comes from the reporter: passed and failed tests and hooks, but no skipped ones', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lifeboat-rules-'));
    const [tests, totals] = [join(folder, 'tests.cjs'), join(folder, 'totals.json')];
    writeFileSync(
      tests,
      `describe('rule 1: around', () => {
        it('rule 2: passes', () => {});
        it('rules 3 and 4: fails', () => { throw new Error(); });
        it.skip('rule 5: is skipped', () => {});
      });
      describe('hooks', () => {
        beforeEach(() => { throw new Error(); });
        it('rule 6: is never reached', () => {});
      });`,
    );
    const reporter = new URL('./totals-reporter.cjs', import.meta.url).pathname;
    spawnSync('node_modules/.bin/mocha', ['--no-config', '--reporter', reporter, tests], {
      cwd: root,
      env: { ...process.env, MOCHA_TOTALS: totals },
    });
    const read = JSON.parse(readFileSync(totals, 'utf8'));
    rmSync(folder, { recursive: true });
    assert.deepEqual(read, { passed: 1, failed: 2, skipped: 1, rules: { passed: [1, 2], failed: [1, 3, 4, 6] } });
  });
});
