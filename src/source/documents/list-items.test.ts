import assert from 'node:assert/strict';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { readDocument } from './document.js';
import { splitListItems } from './list-items.js';
import { runToEnd } from '../../turns/run-to-end.js';

const LIST = `apiVersion: v1
items:
# first
- apiVersion: v1
  kind: Pod
  metadata:
    name: a

- apiVersion: v1
  kind: Pod
  metadata: {name: b}
  text: |
    - not an item
kind: List
metadata:
  resourceVersion: ""
`;

function split(text: string): readonly (readonly [number, string])[] {
  return runToEnd(splitListItems({ line: 10, text })).map(({ line, text: part }) => [line, part.split('\n')[0] ?? '']);
}

describe('splitListItems', () => {
  it('splits a list in the format of kubectl into its items', () => {
    assert.deepEqual(split(LIST), [
      [13, '- apiVersion: v1'],
      [18, '- apiVersion: v1'],
    ]);
    const [first, second] = runToEnd(splitListItems({ line: 1, text: LIST }));
    assert.equal(first?.text, '- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: a\n\n');
    assert.ok(second?.text.endsWith('    - not an item\n'));
    assert.equal(second?.item, true);
  });

  it('splits indented items, and CRLF', () => {
    const text = 'kind: List\r\nitems:\r\n  - a: 1\r\n    b: 2\r\n  -\r\n    c: 3\r\n';
    assert.deepEqual(split(text), [
      [12, '  - a: 1\r'],
      [14, '  -\r'],
    ]);
  });

  const whole: readonly (readonly [string, string])[] = [
    ['another kind', LIST.replace('kind: List', 'kind: Pod')],
    ['an alias, for its anchor may be in another item', LIST.replace('name: a', 'name: *a')],
    ['a flow list', 'kind: List\nitems: [a, b]\n'],
    ['no items', 'kind: List\nitems:\n'],
    ['items that are no list', 'kind: List\nitems:\n  a: 1\n'],
    ['something else that is wrong', `${LIST}  bad: [\n`],
    ['items twice', `${LIST}items: []\n`],
  ];
  for (const [title, text] of whole) {
    it(`does not split: ${title}`, () =>
      assert.deepEqual(runToEnd(splitListItems({ line: 1, text })), [{ line: 1, text }]));
  }

  it('does not change the result of reading', () => {
    const name = fc.stringMatching(/^[a-z]{1,3}$/);
    const text = fc.oneof(fc.string(), fc.constantFrom('- a', '---', 'items:\n- b', '# c', 'x\n\n- y\n', '"'));
    const pod = fc.record({ name, note: text, list: fc.array(text, { maxLength: 3 }) });
    fc.assert(
      fc.property(fc.array(pod, { minLength: 1, maxLength: 4 }), (pods) => {
        const items = pods.map(({ name: podName, note, list }) => ({
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: podName, annotations: { note } },
          list,
        }));
        const document = {
          line: 1,
          text: stringify({ apiVersion: 'v1', kind: 'List', items }, { defaultStringType: 'QUOTE_SINGLE' }),
        };
        const split = runToEnd(splitListItems(document)).flatMap((item) => runToEnd(readDocument(item)).resources);
        assert.deepEqual(
          split.map((resource) => resource.document),
          items,
        );
      }),
    );
  });
});
