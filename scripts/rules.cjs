/**
 * The rules of the xDS protocol that a test's name says it tests: `rule 13: …`, `rules 14 and 15: …`, `rules 1, 2 and 3: …`,
 * in its own title or in one around it. Knows numbers, not what the rules say.
 */
'use strict';

const { readFileSync } = require('node:fs');

/** The numbers of the rules in docs/xds-rules.md. */
const RULES = [...readFileSync(require.resolve('../docs/xds-rules.md'), 'utf8').matchAll(/^(\d+)\. /gm)].map(
  ([, number]) => Number(number),
);

/** The numbers in the full title of a test. */
function rulesIn(title) {
  const lists = [...title.matchAll(/\brules? (\d+(?:(?:, | and )\d+)*):/g)].map(([, list]) => list);
  return lists.flatMap((list) => list.split(/\D+/)).map(Number);
}

/**
 * What is told at the end of a run, and how many failures it adds: one if any rule has no test. `runs`: the rules of all
 * tests that passed and of all that failed, for each run of mocha.
 */
function accountOf(runs) {
  const failed = new Set(runs.flatMap((run) => run.failed));
  const tested = new Set([...failed, ...runs.flatMap((run) => run.passed)]);
  const [missing, wrong] = [RULES.filter((rule) => !tested.has(rule)), RULES.filter((rule) => failed.has(rule))];
  const known = RULES.length - missing.length;
  const lines = [`xDS rules: ${known} of ${RULES.length} tested, ${known - wrong.length} passed`];
  if (wrong.length > 0) lines.push(`Rules with a failed test: ${wrong.join(', ')}`);
  if (missing.length > 0) lines.push(`Rules without a test: ${missing.join(', ')}`);
  return { lines, failures: missing.length > 0 ? 1 : 0 };
}

module.exports = { accountOf, rulesIn };
