/**
 * `make chaos`: random operations and faults with real Envoys, and a check of what happened. CHAOS_SEEDS=50 runs that many seeds, from
 * CHAOS_SEED=1 on. The history of a run with violations stays in .cache/chaos/.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { mochaGlobalSetup, mochaGlobalTeardown } from '../integration/support/fixture.js';
import { Story } from '../integration/support/story.js';
import { checkHistory, formatViolation } from './check/check.js';
import { History } from './history/file.js';
import { stepsOf } from './run/operations.js';
import { runChaos } from './run/run.js';
import { Totals } from './totals.js';

const DIRECTORY = '.cache/chaos';
const FIRST = numberOf('CHAOS_SEED', 1);
const SEEDS = numberOf('CHAOS_SEEDS', 3);

const shared = {};
await mochaGlobalSetup.call(shared);
mkdirSync(DIRECTORY, { recursive: true });
const totals = new Totals();
for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) console.log(await runSeed(seed, totals));
console.log(totals.toString());
await mochaGlobalTeardown.call(shared);
process.exit(totals.succeeded ? 0 : 1);

/** Returns the result in one line, with a line for each violation. */
async function runSeed(seed: number, all: Totals): Promise<string> {
  const path = `${DIRECTORY}/seed-${seed}.jsonl`;
  const history = new History(path);
  const story = await Story.begin();
  let error: Error | undefined;
  try {
    await runChaos(story, { steps: stepsOf(seed), history });
  } catch (cause) {
    error = asError(story.explain(cause));
  }
  await story.end().catch((cause: unknown) => (error ??= asError(cause)));
  await history.close();
  const violations = checkHistory(history.events);
  all.add(history.events, violations.length, error !== undefined);
  if (violations.length === 0 && error === undefined) rmSync(path);
  const failure = error === undefined ? [] : [error.stack ?? error.message];
  return [`seed ${seed}: ${violations.length} violations`, ...violations.map(formatViolation), ...failure].join('\n  ');
}

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}

function numberOf(variable: string, standard: number): number {
  const value = Number(process.env[variable] ?? standard);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${variable} must be a whole number of at least 1.`);
  return value;
}
