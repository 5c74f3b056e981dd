import assert from 'node:assert/strict';
import fc from 'fast-check';
import { splitJsonDocuments } from './json-documents.js';

function cut(text: string): readonly string[] {
  return [...splitJsonDocuments({ line: 3, text })].map(({ line, text: part }) => `${line} ${part.trim()}`);
}

describe('splitJsonDocuments', () => {
  const streams: readonly (readonly [string, string, readonly string[]])[] = [
    ['a value in each line', '{"a": 1}\n{"b": 2}\n', ['3 {"a": 1}', '4 {"b": 2}']],
    ['values of several lines', '\n{\n "a": {}\n}\n\n{\n}', ['3 {\n "a": {}\n}', '7 {\n}']],
    ['what is whole before what is not', '{"a": 1}\n{"b": \n{"c": 3}\n', ['3 {"a": 1}', '4 {"b": \n{"c": 3}']],
    ['one value', '{"a": {\n}\n}', ['3 {"a": {\n}\n}']],
    ['values in one line', '{"a": 1}\n{"b": 2}{"c": 3}', ['3 {"a": 1}', '4 {"b": 2}{"c": 3}']],
    ['YAML', '{a: 1}\n{b: 2}', ['3 {a: 1}\n{b: 2}']],
    ['braces in a text', '{"a": "}\\n{"}\n{"b": "}"}', ['3 {"a": "}\\n{"}', '4 {"b": "}"}']],
  ];
  for (const [title, text, expected] of streams) it(`splits ${title}`, () => assert.deepEqual(cut(text), expected));

  it('splits any sequence of JSON values', () => {
    const value = fc.dictionary(fc.string(), fc.jsonValue(), { size: 'max', maxKeys: 8 });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), fc.constantFrom(undefined, 1), (values, indent) => {
        const parts = values.map((one) => JSON.stringify(one, undefined, indent));
        const documents = [...splitJsonDocuments({ line: 1, text: parts.join('\n') })];
        assert.deepEqual(
          documents.map(({ text }) => text.trim()),
          parts,
        );
      }),
    );
  });
});
