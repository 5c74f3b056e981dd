import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { formatAge, oneLine, toYaml } from './output.js';

describe('toYaml', () => {
  it('prints the status like the guide', () => {
    const status = { observedGeneration: '1', state: 'ACCEPTED', errors: ['a: b'] };
    assert.equal(toYaml(status), 'observedGeneration: "1"\nstate: ACCEPTED\nerrors:\n- "a: b"\n');
  });

  it('quotes words that YAML 1.1 parsers read as booleans', () => {
    assert.deepEqual(parse(toYaml({ on: 'yes', a: 'no' }), { version: '1.1' }), { on: 'yes', a: 'no' });
  });

  it('repeats equal values without aliases', () => {
    const shared = { a: 1 };
    assert.equal(toYaml([shared, shared]), '- a: 1\n- a: 1\n');
  });
});

describe('oneLine', () => {
  it('replaces control characters', () => assert.equal(oneLine('a\r\n\tb\u0007c\u009bd'), 'a b c d'));
});

describe('formatAge', () => {
  const ages: readonly (readonly [number, string])[] = [
    [-5, '0s'],
    [59_999, '59s'],
    [60_000, '1m0s'],
    [3_600_000, '1h0m'],
    [90_000_000, '1d1h'],
  ];
  for (const [milliseconds, text] of ages) {
    it(`formats ${milliseconds} ms as ${text}`, () => assert.equal(formatAge(milliseconds), text));
  }
});
