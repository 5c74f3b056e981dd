import assert from 'node:assert/strict';
import { matchesGlob } from './glob.js';

describe('a pattern', () => {
  const cases: readonly (readonly [pattern: string, text: string, matches: boolean])[] = [
    ['a', 'a', true],
    ['a', 'ab', false],
    ['', 'a', false],
    ['*', '', true],
    ['*', 'anything', true],
    ['a*', 'a', true],
    ['a*', 'ba', false],
    ['*-prod', 'east-prod', true],
    ['*-prod', 'east-prod-2', false],
    ['a*b', 'ab', true],
    ['ab*ba', 'aba', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c', false],
    ['a*x*y*b', 'a-y-x-b', false],
    ['a.c', 'abc', false],
  ];
  for (const [pattern, text, matches] of cases) {
    it(`${pattern} ${matches ? 'matches' : 'does not match'} "${text}"`, () => {
      assert.equal(matchesGlob(pattern, text), matches);
    });
  }
});
