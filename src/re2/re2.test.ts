import assert from 'node:assert/strict';
import { acceptedExpressions, rejectedExpressions } from '../testing/re2-corpus.js';
import { regexProblem } from './re2.js';

describe('regexProblem', () => {
  for (const expression of acceptedExpressions) {
    it(`accepts ${JSON.stringify(expression.slice(0, 60))}`, () => assert.equal(regexProblem(expression), undefined));
  }

  for (const expression of ['', 'a'.repeat(1025), ...rejectedExpressions]) {
    it(`rejects ${JSON.stringify(expression.slice(0, 60))}`, () =>
      assert.notEqual(regexProblem(expression), undefined));
  }

  it('quotes the wrong part of the expression', () => {
    const problems = ['(?=a)', 'a{5,2}', '[a', '\\x{100}', '\\é', 'a{100}', '(?P<é>a)', '*'].map(regexProblem);
    assert.deepEqual(problems, [
      'it has (?=, which RE2 does not know: there is no looking ahead or behind',
      'it has the repetition {5,2}, which is no range up to 1000, alone or multiplied by those around it',
      'it has a [ that is not closed',
      'it has \\x{100}: Envoy takes code points up to \\x{ff} only; write the character itself',
      'it has \\é, which RE2 does not know',
      'it is too large: Envoy takes programs of at most 100 instructions, about as many as the expression has characters with repetitions written out',
      "it has (?P<é>, where a group's name takes letters, digits and _ only: (?P<name>…)",
      'it has * with nothing before it to repeat',
    ]);
  });

  it('expands few repetitions, for any number of requested ones', () => {
    for (const part of ['(a?){1000}', '((((a{10}){10}){10}))', '\\pL{1000}', '(x{30}){30}']) {
      const expression = part.repeat(Math.floor(1024 / part.length));
      assert.match(regexProblem(expression) ?? '', /too large|no range up to 1000/);
    }
  });
});
