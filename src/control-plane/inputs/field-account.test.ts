import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Decode, createDecode } from '../../api/decode.js';
import { kinds } from '../../generated/resources.js';
import { readClients } from '../../testing/case.js';
import { type Corpus, type ValueHints, tryField } from '../../testing/field-account/account.js';
import { type AccountedField, writableFields } from '../../testing/field-account/fields.js';
import { documentsOf, exceptionOf, FOLDER, readExceptions, readYaml } from '../../testing/field-account/files.js';
import { ObservedWorld } from '../../testing/field-account/observed-world.js';

/** Whatever a person can write counts, or a finding says that it does not. New fields of the .proto files are looked at without a change here. */
describe('field account', function () {
  this.timeout(300_000);
  const hints = readYaml('values.yaml') as ValueHints;
  const exceptions = readExceptions();
  const fields = writableFields();
  const silent: AccountedField[] = [];
  let corpora: readonly Corpus[] = [];

  before(() => {
    const decode = createDecode();
    corpora = readdirSync(join(FOLDER, 'worlds'))
      .sort()
      .map((file) => readCorpus(file, decode));
  });

  for (const { message } of kinds) {
    it(`each field of ${message} is visible to a client, in explain, in a status, or in a finding that names it`, () => {
      const own = fields.filter(({ kind }) => kind.message === message);
      const unseen = own.map((field) => ({ field, ...tryField(field, corpora, hints) })).filter(({ shown }) => !shown);
      silent.push(...unseen.map(({ field }) => field));
      const unexpected = unseen.filter(({ field }) => exceptionOf(field, exceptions) === undefined);
      const told = unexpected.map(({ field, tried }) => `${field.id}; tried ${tried.slice(0, 6).join(', ')}`);
      assert.deepEqual(told, [], 'Nothing shows of these: make them count, or say in values.yaml what to try.');
    });
  }

  it('contains only worlds without errors', () => {
    const errors = corpora.flatMap(({ world }) => world.findings().filter(({ severity }) => severity === 'error'));
    assert.deepEqual(
      errors.map(({ name, message }) => `${name}: ${message}`),
      [],
    );
  });

  it('has at most 20 exceptions, each with a reason and necessary', () => {
    const used = new Set(silent.map((field) => exceptionOf(field, exceptions)));
    assert.deepEqual(
      Object.keys(exceptions).filter((name) => !used.has(name)),
      [],
      'These are not needed.',
    );
    assert.ok(Object.keys(exceptions).length <= 20);
    for (const reason of Object.values(exceptions)) assert.match(reason, /\w+ \w+/);
  });
});

function readCorpus(file: string, decode: Decode): Corpus {
  const documents = documentsOf(file, readFileSync(join(FOLDER, 'worlds', file), 'utf8'));
  return { documents, world: new ObservedWorld(documents, Object.values(readClients(FOLDER)), decode) };
}
