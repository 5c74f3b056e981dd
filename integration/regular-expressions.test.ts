/** Envoy accepts exactly the regular expressions that `regexProblem` accepts. One Envoy, with a listener for each. */
import assert from 'node:assert/strict';
// The unit tests of regexProblem use the same expressions.
import { acceptedExpressions, rejectedExpressions } from '../src/testing/re2-corpus.js';
import { rejectedListeners } from './support/envoys/judged-listeners.js';

function routesBy(regex: string): object {
  return {
    virtualHosts: [
      { name: 'all', domains: ['*'], routes: [{ match: { safeRegex: { regex } }, directResponse: { status: 200 } }] },
    ],
  };
}

describe('a regular expression', () => {
  it('is rejected by Envoy if, and only if, Lifeboat rejects it', async () => {
    const expressions = [...acceptedExpressions, ...rejectedExpressions];
    assert.ok(expressions.length >= 100);
    const rejected = await rejectedListeners(expressions.map(routesBy));
    assert.deepEqual(
      expressions.filter((_, i) => rejected.has(i)),
      rejectedExpressions,
    );
  });
});
