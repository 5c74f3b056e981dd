/** `node dist/chaos/check/main.js FILE...`: checks histories of chaos runs. Exit code 1 if a promise was not kept, 2 for a file that cannot be read. */
import { readHistory } from '../history/file.js';
import { checkHistory, formatViolation } from './check.js';

const FILES = process.argv.slice(2);
if (FILES.length === 0) {
  console.error('Usage: node dist/chaos/check/main.js FILE...');
  process.exitCode = 2;
}
for (const file of FILES) {
  try {
    const violations = checkHistory(readHistory(file));
    console.log([`${file}: ${violations.length} violations`, ...violations.map(formatViolation)].join('\n  '));
    if (violations.length > 0) process.exitCode ??= 1;
  } catch (error) {
    console.error(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 2;
  }
}
