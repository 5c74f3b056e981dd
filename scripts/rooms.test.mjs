/** Checks that the folders, the order of the rooms and ARCHITECTURE.md correspond. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { ROOMS } from './rooms.cjs';

const root = new URL('../', import.meta.url).pathname;
const architecture = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');

/** A folder with more files is hard to read. */
const MAX_FILES = 20;

/** Matches exported declarations. A class, a function and a type may have the same name only in one file. */
const EXPORTED = /^export (?:abstract )?(?:async )?(?:class|const|function\*?|interface|type) (\w+)/gm;

/** The folders with code below this one, as paths from it. */
function foldersIn(path) {
  return readdirSync(join(root, path), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name).slice(join(root, path).length + 1))
    .filter((folder) => codeIn(join(path, folder)).length > 0)
    .sort();
}

/** The code files in this folder, without tests. */
function codeIn(path) {
  return readdirSync(join(root, path)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
}

describe('rooms', () => {
  for (const [folder, rooms] of Object.entries(ROOMS))
    it(`have an order in src/${folder}`, () => assert.deepEqual([...rooms].sort(), foldersIn(`src/${folder}`)));

  it('are described in ARCHITECTURE.md', () => {
    const named = (folder) => architecture.includes(`\`src/${folder}/\``) || architecture.includes(`\`${folder}/`);
    const folders = foldersIn('src').filter((folder) => !/^(generated|testdata)(\/|$)/.test(folder));
    const rest = folders.filter((folder) => !named(folder) && !named(folder.split('/').slice(1).join('/')));
    assert.deepEqual(rest, []);
  });

  it('contain few files', () => {
    const folders = ['src', 'bench', 'chaos', 'integration'].flatMap((top) =>
      foldersIn(top).map((folder) => join(top, folder)),
    );
    const large = folders.filter((folder) => !folder.startsWith('src/generated') && codeIn(folder).length > MAX_FILES);
    assert.deepEqual(large, []);
  });

  it('export no name twice', () => {
    const files = foldersIn('src')
      .filter((folder) => !/^(generated|testing)(\/|$)/.test(folder))
      .flatMap((folder) => codeIn(join('src', folder)).map((name) => join('src', folder, name)));
    const places = new Map();
    for (const file of files)
      for (const [, name] of readFileSync(join(root, file), 'utf8').matchAll(EXPORTED))
        places.set(name, [...(places.get(name) ?? []), file]);
    assert.ok(places.size > 500);
    assert.deepEqual(
      [...places].filter(([, all]) => all.length > 1),
      [],
    );
  });
});
