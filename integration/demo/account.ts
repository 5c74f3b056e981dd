/**
 * Prints the course of the demo: plain text, in colour on a terminal unless NO_COLOR is set.
 */
import pc from 'picocolors';
import type { Account } from '../support/clients/traffic.js';

/** Something did not happen as the guide describes. */
export class NotAsExpected extends Error {}

/** @throws NotAsExpected with the expected and the actual value. */
export function expect(condition: boolean, expected: string, actual: unknown): void {
  if (!condition) throw new NotAsExpected(`expected ${expected}, but got ${JSON.stringify(actual)}`);
}

export function title(text: string): void {
  console.log(`\n${pc.bold(text)}`);
}

export function say(text: string): void {
  console.log(`  ${text}`);
}

/** Prints a command and its output. */
export function shown(command: string, output: string): void {
  say(pc.dim(`$ ${command}`));
  for (const line of output.trimEnd().split('\n')) say(`  ${line}`);
}

const STARS: Readonly<Record<string, string>> = {
  'reviews-v1': 'no stars',
  'reviews-v2': '★ black stars',
  'reviews-v3': pc.red('★ red stars'),
};

/** Requests per backend and failed requests. */
export function counts(account: Pick<Account, 'answered' | 'failed'>): void {
  for (const [backend, count] of Object.entries(account.answered).sort(([a], [b]) => a.localeCompare(b, 'en'))) {
    say(`${backend.padEnd(26)} ${String(count).padStart(6)} requests   ${STARS[backend] ?? ''}`.trimEnd());
  }
  const failed = `${'failed'.padEnd(26)} ${String(account.failed).padStart(6)} requests`;
  say(account.failed === 0 ? pc.green(failed) : pc.red(failed));
}

/** The answered and failed requests between two accounts of the same traffic. */
export function difference(before: Account, after: Account): Pick<Account, 'answered' | 'failed'> {
  const answered = Object.entries(after.answered).map(
    ([name, count]) => [name, count - (before.answered[name] ?? 0)] as const,
  );
  return {
    answered: Object.fromEntries(answered.filter(([, count]) => count > 0)),
    failed: after.failed - before.failed,
  };
}
