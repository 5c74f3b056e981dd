/** Names in the words of a client: which of them are meant, and what it costs to find them. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { propertyRuns } from '../../testing/property-runs.js';
import { countSteps } from '../../testing/work-meter.js';
import { resource } from '../../testing/xds/server.js';
import { CLUSTER } from '../protocol/type-urls.js';
import { linesAbout, mentionedNames } from './nack-attribution.js';

describe('names in the error message of a client', () => {
  it("are found among many, with any characters, in Envoy's punctuation", () => {
    const names = [
      'outbound|80|v1|a.b.svc',
      'xdstp://auth/type/a?x=1',
      'a name',
      '[::1]:80',
      '0.0.0.0:80',
      'ns/a',
      'café',
      '.x',
      'x.',
      'a',
      '',
    ];
    for (const name of names.slice(0, -1))
      for (const [before, after] of [
        ['', ''],
        ['(', ')'],
        ["'", "':"],
        ['cluster(s) ', ': bad'],
        ['"', '".'],
        ['\n', '\n'],
        [' ', ', b'],
      ] as const) {
        assert.deepEqual(
          [...mentionedNames(`${before}${name}${after}`, names)].includes(name),
          true,
          `${before}${name}${after}`,
        );
      }
    assert.deepEqual([...mentionedNames('', names)], []);
    assert.deepEqual([...mentionedNames('a name-x, 0.0.0.0:801, xns/a, outbound|80|v1|a.b.svc.cluster', names)], ['a']);
  });

  it('are the same as those that a search for each name finds', () => {
    const character = fc.constantFrom('a', 'b', '.', '-', '|', '/', ' ', ':', '\n', 'é');
    const text = fc.string({ unit: character, maxLength: 40, size: 'max' });
    const name = fc.string({ unit: character, minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(text, fc.array(name, { maxLength: 8 }), (message, names) => {
        const expected = names.filter((each) => searched(message, each));
        assert.deepEqual([...mentionedNames(message, names)].sort(), [...new Set(expected)].sort());
      }),
      { numRuns: propertyRuns(2000) },
    );
  });

  it('are not found at the end of a truncated message, which may end within a longer name', () => {
    assert.deepEqual([...mentionedNames('a: bad, b: bad, c...(truncated)', ['a', 'b', 'c'])], ['a', 'b']);
    assert.deepEqual([...mentionedNames('a: bad, c....(truncated)', ['a', 'c'])], ['a']);
    assert.deepEqual([...mentionedNames('a: bad...(truncated)', ['a', 'bad: a'])], ['a']);
  });

  it('cost as much as the bytes of the message and of the names, not their product', () => {
    const resources = Array.from({ length: 5_000 }, (_, index) =>
      resource(CLUSTER, `outbound|80||service-${String(index)}.ns.svc`),
    );
    const names = resources.map(({ name }) => name);
    const bytes = resources.reduce((sum, { name }) => sum + name.length, 0);
    for (const message of [
      'x: '.repeat(1300),
      ': '.repeat(2000),
      resources
        .slice(0, 100)
        .map(({ name }) => name)
        .join('\n'),
      '\n'.repeat(4096),
      'o'.repeat(4096),
    ]) {
      let blamed = 0;
      const steps = countSteps(() => {
        const named = mentionedNames(message, names);
        blamed = linesAbout(message, named).size;
      });
      assert.equal(blamed, message.startsWith('outbound') ? 100 : 0);
      assert.ok(
        steps < 10 * (bytes + message.length),
        `${String(steps)} steps for ${String(bytes + message.length)} bytes`,
      );
    }
  });
});

/** The same by searching the message for one name. */
function searched(message: string, name: string): boolean {
  for (let start = message.indexOf(name); start >= 0; start = message.indexOf(name, start + 1)) {
    const [before, after] = [message.slice(Math.max(0, start - 2), start), message.slice(start + name.length)];
    if (!/[\w|/-]\.?$/.test(before) && !/^\.?[\w|/-]/.test(after)) return true;
  }
  return false;
}
