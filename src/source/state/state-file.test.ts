import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withDirectory } from '../fixtures.test.js';
import { STATE_FILE_NAME, StateError, readState, writeState } from './state-file.js';

const STATE = {
  savedAt: 1_700_000_000_000,
  files: [
    { file: 'conf/a.yaml', documents: [{ line: 3, text: 'a: "ü"\n' }] },
    { file: 'conf/b.yaml', documents: [{ line: 1, text: '- x\n', item: true as const }] },
  ],
};

describe('the state on disk', () => {
  it('is read as it was written, and only its owner may read it', () =>
    withDirectory(async (root) => {
      const directory = join(root, 'new/state');
      assert.equal(await readState(directory), undefined);
      await writeState(directory, STATE);
      assert.deepEqual(await readState(directory), STATE);
      await writeState(directory, { ...STATE, files: [] });
      assert.deepEqual(await readState(directory), { ...STATE, files: [] });
      assert.deepEqual(readdirSync(directory), [STATE_FILE_NAME]);
      assert.equal(statSync(join(directory, STATE_FILE_NAME)).mode & 0o777, 0o600);
    }));

  const damages: Readonly<Record<string, readonly [damage: (text: string) => string, reason: RegExp]>> = {
    'cut off': [(text) => text.slice(0, -30), /is damaged/u],
    changed: [(text) => text.replace('ü', 'u'), /is damaged/u],
    empty: [() => '', /was not written by Lifeboat/u],
    'something else': [() => 'apiVersion: v1\n', /was not written by Lifeboat/u],
    'of a later version': [(text) => text.replace('"version":1', '"version":2'), /has version 2 of the format/u],
  };
  for (const [title, [damage, reason]] of Object.entries(damages))
    it(`promise 23: is refused with its reason when it is ${title}`, () =>
      withDirectory(async (directory) => {
        await writeState(directory, STATE);
        const path = join(directory, STATE_FILE_NAME);
        writeFileSync(path, damage(readFileSync(path, 'utf8')));
        await assert.rejects(
          readState(directory),
          (error) => error instanceof StateError && reason.test(error.message),
        );
      }));

  it('promise 35: is what it was when it cannot be written', () =>
    withDirectory(async (root) => {
      const file = join(root, 'file');
      appendFileSync(file, 'x');
      await assert.rejects(
        writeState(file, STATE),
        (error) => error instanceof StateError && /EEXIST|ENOTDIR/u.test(error.message),
      );
      assert.equal(readFileSync(file, 'utf8'), 'x');
      await writeState(root, STATE);
      const broken = {
        savedAt: 1,
        files: [{ file: 'a', documents: [{ line: 1, text: 'a', toJSON: () => assert.fail('full') }] }],
      };
      await assert.rejects(writeState(root, broken), /cannot be written.*full/u);
      assert.deepEqual(await readState(root), STATE);
      assert.deepEqual(readdirSync(root).sort(), ['file', STATE_FILE_NAME]);
    }));
});
