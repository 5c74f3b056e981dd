/**
 * The rules of the xDS protocol that a test covers, from its title and the titles around it: `rule 13: …`, `rules 14 and 15: …`,
 * `rules 1, 2 and 3: …`. Knows numbers, but not the rules.
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
 * The lines to print at the end of all runs, and the number of failures to add: one if any rule has no test. `runs`: for each run of mocha, the
 * rules of all passed tests and of all failed ones.
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
