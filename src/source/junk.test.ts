/** Each file of the junk corpus, and what is too large to be in it: what is said about it, and what of it counts. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brief, service, withDirectory, writeFiles } from './fixtures.test.js';
import { isConfigName } from './files/walk.js';
import { type LoadedFiles, readFiles } from './read-files.js';

const CORPUS = fileURLToPath(new URL('../../../src/testdata/junk', import.meta.url));

/** The names of the resources that count, then the findings. */
const expectations: Readonly<Record<string, readonly string[]>> = {
  'alias-bomb.yaml': ['6:8 error InvalidAlias'],
  'bad-merge.yaml': ['5:3 error InvalidYaml'],
  'binary.yaml': ['1:1 error InvalidEncoding'],
  'bom-crlf.yaml': ['FailoverService whole', 'FailoverService second'],
  'comments.yaml': ['1:1 warning EmptyFile'],
  'complex-keys.yaml': ['5:5 error InvalidYaml', '7:5 error InvalidYaml', '9:1 error InvalidYaml'],
  'conflict-markers.yaml': ['5:1 error InvalidYaml'],
  'constructor-key.yaml': ['FailoverService a'],
  'dates.yaml': ['Pod 2024-01-31'],
  'deep-aliases.yaml': ['100:12 error InvalidAlias'],
  'directives.yaml': ['6:32 error WrongType'],
  'duplicate-keys.json': ['2:28 error DuplicateKey'],
  'duplicate-keys.yaml': ['6:3 error DuplicateKey'],
  'empty-list.yaml': ['1:1 warning EmptyPath'],
  'empty.yaml': ['1:1 warning EmptyFile'],
  'infinities.yaml': ['FailoverService numbers'],
  'invalid-utf8.yaml': ['3:21 error InvalidEncoding'],
  'json-lines.json': ['Pod a', 'Pod b'],
  'junk-list.yaml': [
    'Pod good',
    '4:3 error NotAResource',
    '5:3 error NotAResource',
    '6:3 error NotAResource',
    '7:3 error MissingField',
    '13:3 error WrongType',
  ],
  'kind-not-a-text.yaml': ['2:1 error WrongType', '5:1 error WrongType'],
  'merge-keys.yaml': ['FailoverService merged'],
  'missing-anchor.yaml': ['5:13 error InvalidAlias'],
  'missing-fields.yaml': [
    '1:1 error MissingField',
    '4:1 error MissingField',
    '7:1 error MissingField',
    '12:1 error MissingField',
    '14:1 error NotAResource',
  ],
  'no-document.yaml': ['1:1 warning EmptyFile'],
  'nul.yaml': ['2:7 error InvalidEncoding'],
  'null-documents.yaml': ['1:1 warning EmptyFile'],
  'number-names.yaml': ['3:12 error WrongType', '3:23 error WrongType', '3:49 error WrongType', '3:63 error WrongType'],
  'page.json': ['1:1 error NotAResource'],
  'path-names.yaml': ['3:12 error InvalidName', '7:21 error InvalidName'],
  'proto-key.json': ['2:11 error ForbiddenKey'],
  'proto-key.yaml': ['5:3 error ForbiddenKey'],
  'self-referring-anchor.yaml': ['6:5 error InvalidAlias'],
  'tabs.yaml': ['5:1 error InvalidYaml'],
  'template.yaml': ['3:18 error TemplateNotRendered'],
  'text-document.yaml': ['1:1 error NotAResource', '4:1 error NotAResource', '7:1 error NotAResource'],
  'truncated.json': ['1:79 error InvalidYaml'],
  'truncated.yaml': ['6:20 error InvalidYaml'],
  'unknown-tag.yaml': ['FailoverService a', '4:7 warning YamlWarning'],
  'unterminated-quote.yaml': ['FailoverService b', '5:22 error InvalidYaml'],
  'utf16.yaml': ['1:1 error InvalidEncoding'],
  'whitespace.yaml': ['1:1 warning EmptyFile'],
  'wrong-types.yaml': [
    '1:1 error WrongType',
    '2:1 error WrongType',
    '3:1 error WrongType',
    '9:3 error WrongType',
    '10:3 error WrongType',
    '11:3 error WrongType',
    '12:17 error WrongType',
    '12:23 error WrongType',
    '13:3 error InvalidValue',
  ],
};

function report({ resources, findings }: LoadedFiles, directory: string, file: string): readonly string[] {
  const names = resources.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  return [...names, ...brief(directory, findings).map((line) => line.replace(`${file}:`, ''))];
}

describe('junk', () => {
  for (const file of readdirSync(CORPUS).filter(isConfigName)) {
    it(file, () => assert.deepEqual(report(readFiles([join(CORPUS, file)]), CORPUS, file), expectations[file]));
  }

  it('all of it at once, next to a valid file', () =>
    withDirectory((directory) => {
      writeFiles(directory, { 'good.yaml': service('good') });
      const { resources, findings } = readFiles([CORPUS, directory]);
      assert.ok(resources.some(({ metadata }) => metadata.name === 'good' && metadata.namespace === 'ns'));
      assert.ok(findings.every(({ file, line, column }) => file !== '' && line >= 1 && column >= 1));
      assert.equal(({} as { readonly polluted?: boolean }).polluted, undefined);
    }));

  const pod = '{apiVersion: v1, kind: Pod, metadata: {name: a}}';
  const large: readonly (readonly [string, () => string, readonly string[]])[] = [
    [
      'a text of two megabytes',
      () => `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: ${'x'.repeat(2 ** 21)}}`,
      ['Pod a'],
    ],
    [
      'a name of two megabytes',
      () => `{apiVersion: v1, kind: Pod, metadata: {name: ${'x'.repeat(2 ** 21)}}}`,
      ['1:40 error InvalidName'],
    ],
    ['a key of two megabytes', () => `${'x'.repeat(2 ** 21)}: 1`, ['1:1 error InvalidYaml']],
    ['nested lists', () => `${pod}\n--- ${'['.repeat(2 ** 20)}`, ['Pod a', '2:107 error DocumentTooDeep']],
    ['nested JSON', () => '{"a":'.repeat(2 ** 18) + '1' + '}'.repeat(2 ** 18), ['1:507 error DocumentTooDeep']],
    ['many empty documents', () => `${'---\n'.repeat(2 ** 16)}${pod}`, ['Pod a']],
    ['too many empty documents', () => '---\n'.repeat(2 ** 22), ['100001:1 error TooManyDocuments']],
    ['many documents', () => Array.from({ length: 1_000 }, () => `--- ${pod}\n`).join(''), ['Pod a']],
    ['many blank lines', () => '\n'.repeat(2 ** 20), ['1:1 warning EmptyFile']],
    [
      'a huge mapping with a key twice',
      () => `${Array.from({ length: 50_000 }, (_, i) => `k${i}: 1\n`).join('')}k0: 2\n`,
      ['50001:1 error DuplicateKey'],
    ],
    ['quotes without end', () => '" '.repeat(2 ** 15), ['1:5 error InvalidYaml']],
    ['zeros', () => '0'.repeat(2 ** 20), ['1:1 error NotAResource']],
  ];
  for (const [title, text, expected] of large) {
    it(title, function () {
      this.timeout(60_000);
      return withDirectory((directory) => {
        writeFiles(directory, { 'a.yaml': text() });
        const found = report(readFiles([directory]), directory, 'a.yaml').filter(
          (line) => !line.endsWith('DuplicateResource'),
        );
        assert.deepEqual(found, expected);
      });
    });
  }
});
