import assert from 'node:assert/strict';
import fc from 'fast-check';
import { propertyRuns } from '../testing/property-runs.js';
import { compileIdentityPattern, matchesValue } from './patterns.js';

function match(pattern: string, identity: string): Readonly<Record<string, string>> | undefined {
  const variables = compileIdentityPattern(pattern)(identity);
  return variables && Object.fromEntries(variables);
}

describe('patterns of identities', () => {
  const PATTERN = 'spiffe://example.org/ns/{namespace}/sa/*';

  it('a variable is one segment, and the whole identity must match', () => {
    assert.deepEqual(match(PATTERN, 'spiffe://example.org/ns/shop/sa/web'), { namespace: 'shop' });
    for (const identity of [
      'spiffe://example.org/ns/shop/sa/web/more',
      'spiffe://example.org/ns/shop/x/sa/web',
      'spiffe://example.org/ns//sa/web',
      'xspiffe://example.org/ns/shop/sa/web',
      'spiffe://exampleXorg/ns/shop/sa/web',
    ])
      assert.equal(match(PATTERN, identity), undefined, identity);
    assert.deepEqual(match('system:serviceaccount:{n}:{a}', 'system:serviceaccount:x:y'), { n: 'x', a: 'y' });
    assert.equal(match('system:serviceaccount:{n}', 'system:serviceaccount:x:y'), undefined);
  });

  it('text is matched as it is written, whatever it contains', () => {
    fc.assert(
      fc.property(
        fc.string({ size: 'max', maxLength: 60 }).filter((text) => !/[{}*]/.test(text)),
        fc.string(),
        (text, other) => {
          assert.deepEqual(match(text, text), {});
          if (other !== text) assert.equal(match(text, other), undefined);
        },
      ),
    );
  });

  for (const [pattern, message] of [
    ['a{', /a brace has no counterpart/],
    ['{}', /\{\} is not a name/],
    ['{a b}', /\{a b\} is not a name/],
    ['{a}/{a}', /\{a\} stands twice/],
    ['{a}{b}', /two variables without text between/],
    ['*{b}', /two variables without text between/],
    ['{a}-{b}-{c}', /more than 2 variables/],
  ] as const) {
    it(`refuses ${pattern}`, () => assert.throws(() => compileIdentityPattern(pattern), message));
  }
});

describe('patterns of values', () => {
  const variables = new Map([['account', 'web']]);

  for (const [glob, value, expected] of [
    ['*', '', true],
    ['*', 'anything', true],
    ['web', 'web', true],
    ['web', 'webs', false],
    ['sidecar~*~{account}-*', 'sidecar~10.0.0.1~web-1', true],
    ['sidecar~*~{account}-*', 'sidecar~10.0.0.1~db-1', false],
    ['a*a', 'a', false],
    ['a*b*c', 'abc', true],
    ['a*bc*c', 'abc', false],
    ['{unknown}', '', false],
  ] as const) {
    it(`"${glob}" ${expected ? 'matches' : 'does not match'} "${value}"`, () =>
      assert.equal(matchesValue(glob, variables, value), expected));
  }

  it('the value of a variable is text, not a pattern', () => {
    assert.equal(matchesValue('{account}', new Map([['account', '*']]), 'anything'), false);
    assert.equal(matchesValue('{account}', new Map([['account', '*']]), '*'), false);
    assert.equal(matchesValue('{account}', new Map([['account', '{account}']]), '{account}'), true);
  });

  it('means what a regular expression says', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12, size: 'max' });
    const glob = fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 8, size: 'max' }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(glob, text, (pattern, value) => {
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(value);
        assert.equal(matchesValue(pattern, new Map(), value), expected);
      }),
      { numRuns: propertyRuns(2000) },
    );
  });
});
