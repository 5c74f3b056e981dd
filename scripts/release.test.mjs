/** Checks that `make release` finds all problems, and that the links of this repository are valid. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { linkProblems } from './links.mjs';
import { releaseProblems } from './release.mjs';

const PACKAGE = { version: '1.2.3', files: ['LICENSE', 'NOTICE', 'CHANGELOG.md'] };

describe('make release', () => {
  let root;
  const write = (file, text) => writeFileSync(join(root, file), text);
  const git = (...args) => execFileSync('git', args, { cwd: root, stdio: 'pipe' });
  const commit = () => {
    git('add', '-A');
    git('-c', 'user.name=x', '-c', 'user.email=x@x.invalid', 'commit', '--quiet', '--allow-empty', '-m', 'x');
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'lifeboat-release-'));
    git('init', '--quiet');
    for (const file of ['LICENSE', 'NOTICE', 'SECURITY.md', 'ARCHITECTURE.md']) write(file, '');
    write('README.md', '# A Title: with `code`, twice\n\n## More\n\n## More\n');
    write('CONTRIBUTING.md', '[title](README.md#a-title-with-code-twice) `src/a.ts` `npm publish`');
    write('CHANGELOG.md', '# Changelog\n\n## Unreleased\n\n## 1.2.3 - 2026-01-31\n\nNew.\n\n## 1.2.30 - 2026-01-01\n');
    write('package.json', JSON.stringify(PACKAGE));
    write('package-lock.json', JSON.stringify({ version: '1.2.3' }));
    mkdirSync(join(root, 'src'));
    write('src/a.ts', '');
    commit();
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const finds = (...problems) => {
    commit();
    assert.deepEqual(releaseProblems(root), problems);
  };

  it('reports nothing for a complete tree', () => {
    finds();
  });

  for (const file of ['NOTICE', 'SECURITY.md', 'CHANGELOG.md']) {
    it(`requires ${file}`, () => {
      rmSync(join(root, file));
      finds(`${file} is missing.`);
    });
  }

  it('requires a section for exactly this version', () => {
    write('package.json', JSON.stringify({ ...PACKAGE, version: '1.2' }));
    write('package-lock.json', JSON.stringify({ version: '1.2' }));
    finds('CHANGELOG.md has no section for version 1.2: add "## 1.2 - DATE".');
  });

  it('requires a date and content in the section', () => {
    write('CHANGELOG.md', '## 1.2.3\n\n## 1.2.2 - 2026-01-01\n\nOld.\n');
    finds('CHANGELOG.md: the section "1.2.3" has no date: YYYY-MM-DD.', 'CHANGELOG.md: the section "1.2.3" is empty.');
  });

  it('requires the version in the lock file, and the notices in the package', () => {
    write('package-lock.json', JSON.stringify({ version: '1.2.2' }));
    write('package.json', JSON.stringify({ version: '1.2.3', files: ['LICENSE'] }));
    finds(
      'package-lock.json has version 1.2.2, not 1.2.3: run npm install.',
      'package.json: "files" lacks NOTICE.',
      'package.json: "files" lacks CHANGELOG.md.',
    );
  });

  it('checks links to files and headings, and paths in CONTRIBUTING.md', () => {
    appendFileSync(
      join(root, 'README.md'),
      [
        '[a](src/b.ts)',
        '[b](#more-1)',
        '[c](#more-2)',
        '[d](https://example.invalid/x)',
        '```\n[e](nowhere)\n```',
      ].join('\n'),
    );
    write('CONTRIBUTING.md', '`src/c.ts` [f](README.md#gone)');
    finds(
      'CONTRIBUTING.md: the link to README.md#gone leads nowhere.',
      'CONTRIBUTING.md: src/c.ts does not exist.',
      'README.md: the link to src/b.ts leads nowhere.',
      'README.md: the link to #more-2 leads nowhere.',
    );
  });

  it('requires that everything is committed', () => {
    write('src/a.ts', 'changed');
    write('src/new.ts', '');
    assert.deepEqual(releaseProblems(root), ['Not committed: src/a.ts', 'Not committed: src/new.ts']);
  });
});

describe('the documents of this repository', () => {
  it('have no broken links or paths', () => {
    assert.deepEqual(linkProblems(new URL('../', import.meta.url).pathname), []);
  });
});
