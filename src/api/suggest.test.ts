import assert from 'node:assert/strict';
import fc from 'fast-check';
import { didYouMean, suggest } from './suggest.js';

describe('suggest', () => {
  const fields = ['hostname', 'port', 'meshes', 'backingServices'];
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['hostnme', 'hostname'],
    ['Hostname', 'hostname'],
    ['backing_services', 'backingServices'],
    ['backing-service', 'backingServices'],
    ['prot', 'port'],
    ['ports', 'port'],
    ['mehses', 'meshes'],
    ['x', undefined],
    ['', undefined],
    ['selector', undefined],
    ['h'.repeat(10_000), undefined],
  ];
  for (const [word, expected] of cases) {
    it(`returns ${expected ?? 'nothing'} for "${word.slice(0, 20)}"`, () =>
      assert.equal(suggest(word, fields), expected));
  }

  it('prefers the most similar candidate', () =>
    assert.equal(suggest('meshess', ['mesh', 'meshes', 'meshed']), 'meshes'));

  it('ignores case', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{3,20}$/), (word) =>
        assert.equal(suggest(word.toUpperCase(), ['zzzz', word]), word === 'zzzz' ? 'zzzz' : word),
      ),
    );
  });

  it('returns a sentence or nothing', () => {
    assert.equal(didYouMean('port'), ' Did you mean "port"?');
    assert.equal(didYouMean(undefined), '');
  });
});
