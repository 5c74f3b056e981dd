import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { propertyRuns } from '../../testing/property-runs.js';
import { isEmptyDocument, splitDocuments } from './document-texts.js';

/** The documents of a text that are not empty; `undefined` where the text is not valid. */
function values(text: string): readonly unknown[] | undefined {
  const documents = [...parseAllDocuments(text, { logLevel: 'silent' })];
  if (documents.some(({ errors }) => errors.length > 0)) return undefined;
  return documents.map((document) => document.toJS() as unknown).filter((value) => value !== null);
}

describe('splitDocuments', () => {
  const cases: readonly (readonly [string, string, readonly (readonly [number, string])[]])[] = [
    ['one document', 'a: 1\nb: 2', [[1, 'a: 1\nb: 2']]],
    ['nothing', '', []],
    ['comments only', '# a\n\n  # b\n', []],
    [
      'two documents',
      'a: 1\n---\nb: 2\n',
      [
        [1, 'a: 1\n'],
        [2, '---\nb: 2\n'],
      ],
    ],
    ['a comment before the marker belongs to what follows', '# a\n---\nb: 2\n', [[1, '# a\n---\nb: 2\n']]],
    ['directives too', '%YAML 1.2\n---\nb: 2\n', [[1, '%YAML 1.2\n---\nb: 2\n']]],
    [
      'empty documents',
      '---\n---\n',
      [
        [1, '---\n'],
        [2, '---\n'],
      ],
    ],
    [
      'an end marker',
      'a\n...\n# c\n---\nb\n',
      [
        [1, 'a\n...\n'],
        [3, '# c\n---\nb\n'],
      ],
    ],
    [
      'content beside the marker',
      '--- a\n--- # b\nc\n',
      [
        [1, '--- a\n'],
        [2, '--- # b\nc\n'],
      ],
    ],
    [
      'a marker ends a quoted text as well',
      'a: "x\n---\nb: 1\n',
      [
        [1, 'a: "x\n'],
        [2, '---\nb: 1\n'],
      ],
    ],
    ['an indented marker is text', 'a: |\n  ---\n  b\n', [[1, 'a: |\n  ---\n  b\n']]],
    ['so is a longer one', 'a: 1\n----\n---a\n', [[1, 'a: 1\n----\n---a\n']]],
    [
      'CRLF',
      'a: 1\r\n---\r\nb: 2\r\n',
      [
        [1, 'a: 1\r\n'],
        [2, '---\r\nb: 2\r\n'],
      ],
    ],
  ];
  for (const [title, text, expected] of cases) {
    it(title, () => {
      assert.deepEqual(
        [...splitDocuments(text)].map(({ line, text: part }) => [line, part]),
        expected,
      );
    });
  }

  it('splits where a YAML parser does', () => {
    const line = fc.constantFrom(
      'a: 1',
      '  b',
      '- c',
      '---',
      '--- d',
      '...',
      '# e',
      '',
      '"f',
      "'g",
      'h: |',
      '    i',
      '%YAML 1.2',
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12, size: 'max' }), (lines) => {
        const text = `${lines.join('\n')}\n`;
        const whole = values(text);
        if (whole === undefined) return;
        assert.deepEqual(
          [...splitDocuments(text)].flatMap((document) => values(document.text)),
          whole,
        );
      }),
      { numRuns: propertyRuns(500) },
    );
  });
});

describe('isEmptyDocument', () => {
  it('recognizes a document without content', () => {
    for (const text of ['', '\n', '---', '---\n', '--- \n\n']) assert.ok(isEmptyDocument(text));
    for (const text of ['a', '--- a', '---\na']) assert.ok(!isEmptyDocument(text));
  });
});
