import assert from 'node:assert/strict';
import { formatSubset, isSubset, parseSubset } from './subset.js';

describe('subsets', () => {
  it('are labels that Kubernetes accepts', () => {
    assert.ok(isSubset({ version: 'v1', 'example.com/track': 'canary', empty: '' }));
    for (const [key, value] of [
      ['', 'v1'],
      ['version', 'v 1'],
      ['version', 'x'.repeat(64)],
      ['x'.repeat(64), 'v1'],
      [`${'a.'.repeat(130)}a/version`, 'v1'],
      ['a..b/version', 'v1'],
      ['version', 'v1,track=canary'],
    ] as const)
      assert.ok(!isSubset({ [key]: value }), `${key}=${value}`);
  });

  it('have one name, from which they are read', () => {
    const labels = { version: 'v1', track: 'canary' };
    assert.equal(formatSubset(labels), 'track=canary,version=v1');
    assert.deepEqual(parseSubset('track=canary,version=v1'), labels);
    assert.deepEqual(parseSubset(''), {});
    for (const text of ['version=v1,track=canary', 'a=b=c', 'a', ',', 'a=b,'])
      assert.equal(parseSubset(text), undefined, text);
  });
});
