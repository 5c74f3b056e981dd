/**
 * Mocha's spec reporter, which also writes the totals and the tested rules of the xDS protocol, as JSON, into the file in MOCHA_TOTALS.
 */
'use strict';
const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');
const { rulesIn } = require('./rules.cjs');

class TotalsReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const rules = { passed: new Set(), failed: new Set() };
    const note = (numbers) => (test) => rulesIn(test.fullTitle()).forEach((number) => numbers.add(number));
    runner.on('pass', note(rules.passed));
    // A failed hook has the name of its test.
    runner.on('fail', note(rules.failed));
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      const file = process.env.MOCHA_TOTALS;
      const numbers = { passed: [...rules.passed], failed: [...rules.failed] };
      if (file)
        writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending, rules: numbers }));
    });
  }
}

module.exports = TotalsReporter;
