import assert from 'node:assert/strict';
import { regexProblem } from './re2.js';

describe('regexProblem', () => {
  const fine = [
    ...['/api/.*', '/v[0-9]+/users/[^/]+', '(?i)abc', '(?P<name>a|b)', '(?<name>a)', 'a{2,5}', 'a{2,}', 'a{,5}', 'x{', 'a??', 'a*?', '[]a]', '[^]a]', '[a-]'],
    ...['[[:alpha:]_]', '[\\d\\-x]', '\\Qa.b*\\E', '\\x41\\x{10FFFF}\\101', '\\bfoo\\b', 'é+', '()', '|a', 'a||b', '(?s).', '(?i-s:a)', 'a{90}', '^$'],
  ];
  for (const expression of fine) {
    it(`takes ${expression}`, () => {
      assert.equal(regexProblem(expression), undefined);
    });
  }

  const refused = [
    ...['', '(', ')', 'a)', '[a', '\\', 'a**', 'a*+', 'a???', 'a{2}{3}', '*', '+', 'a|*', '(*)', '{2}', 'a{1001}', '(a{500}){3}', 'a{5,2}', '[z-a]', '[[:foo:]]'],
    ...['(?=a)', '(?!a)', '(?<=a)', '(?#x)a', '(?z)a', '(?)', '\\1', '\\8', '\\Z', '\\e', '\\h', '\\q', '\\é', '[\\b]', '\\x{110000}', 'a'.repeat(1025)],
    ...['a{100}', '[^a]{13}', '\\pL', '(?:abcdefghij){10}', '(?i)(?:\\W+){5}'],
  ];
  for (const expression of refused) {
    it(`refuses ${expression.slice(0, 20)}`, () => {
      assert.notEqual(regexProblem(expression), undefined);
    });
  }
});
