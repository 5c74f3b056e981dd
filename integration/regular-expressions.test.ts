/** Envoy compiles just those regular expressions that `regexProblem` lets pass: one Envoy, with a listener for each. */
import assert from 'node:assert/strict';
// The corpus is shared with the unit tests, which hold regexProblem to it.
import { acceptedExpressions, refusedExpressions } from '../src/testing/re2-corpus.js';
import { refusedListeners } from './support/envoys/judged-listeners.js';

function routesBy(regex: string): object {
  return {
    virtualHosts: [
      { name: 'all', domains: ['*'], routes: [{ match: { safeRegex: { regex } }, directResponse: { status: 200 } }] },
    ],
  };
}

describe('a regular expression', () => {
  it('is refused by Envoy if, and only if, Lifeboat refuses it', async () => {
    const expressions = [...acceptedExpressions, ...refusedExpressions];
    assert.ok(expressions.length >= 100);
    const refused = await refusedListeners(expressions.map(routesBy));
    assert.deepEqual(
      expressions.filter((_, i) => refused.has(i)),
      refusedExpressions,
    );
  });
});
