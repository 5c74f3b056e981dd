/**
 * Mocha's spec reporter that also writes the totals as JSON into the file that MOCHA_TOTALS names.
 */
'use strict';
const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');

class TotalsReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      const file = process.env.MOCHA_TOTALS;
      if (file) writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
    });
  }
}

module.exports = TotalsReporter;
