/** Random operations and faults with real Envoys, and a check of their history. `make chaos` runs more of them. */
import assert from 'node:assert/strict';
import { checkHistory, formatViolation } from '../chaos/check/check.js';
import { History } from '../chaos/history/file.js';
import { MUTATIONS, mutatedProgram } from '../chaos/mutations.js';
import { stepsOf } from '../chaos/run/operations.js';
import { runChaos } from '../chaos/run/run.js';
import { withStory } from './support/story.js';

const SEEDS = [1, 2, 3];

describe('a chaos run', () => {
  for (const seed of SEEDS)
    it(
      `keeps the promises (seed ${seed})`,
      withStory(async (story) => {
        const history = new History();
        await runChaos(story, { steps: stepsOf(seed), history });
        assert.deepEqual(checkHistory(history.events).map(formatViolation), []);
      }),
    );

  for (const mutation of MUTATIONS)
    it(
      `finds by the rule ${mutation.rule} that ${mutation.what}`,
      withStory(async (story) => {
        const program = await mutatedProgram(await story.directory('mutated'), mutation);
        const history = new History();
        await runChaos(story, { steps: mutation.steps, history, program, convergenceMs: 3_000 });
        const rules = new Set(checkHistory(history.events).map(({ rule }) => rule));
        assert.ok(rules.has(mutation.rule), `violated: ${[...rules].join()}`);
      }),
    );
});
