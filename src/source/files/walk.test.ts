import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { brief, withDirectory, writeFiles } from '../fixtures.test.js';
import { DEFAULT_READ_LIMITS } from '../yaml/limits.js';
import { type Walk, isConfigName, walk } from './walk.js';

function walkAll(...paths: readonly string[]): Walk {
  const steps = walk(paths, { ...DEFAULT_READ_LIMITS, followLinks: true });
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

/** The paths found, without their directory. */
function found(directory: string, ...paths: readonly string[]): readonly string[] {
  return walkAll(...(paths.length === 0 ? [directory] : paths)).files.map(({ path }) =>
    path.replace(`${directory}/`, ''),
  );
}

describe('walk', () => {
  it('finds files recursively in sorted order, without files of editors and version control', () =>
    withDirectory((directory) => {
      const wanted = ['a.yaml', 'b/c.yml', 'b/d/e.json', 'b.yaml', 'z.yaml.d/f.yaml', 'Ü.yaml'];
      const unwanted = [
        '.a.yaml',
        '.#a.yaml',
        '#a.yaml#',
        'a.yaml~',
        '.a.yaml.swp',
        'a.yaml.swp',
        '.git/a.yaml',
        'b/README.md',
        'a.yaml.orig',
        '4913',
      ];
      writeFiles(directory, Object.fromEntries([...wanted, ...unwanted].map((name) => [name, ''])));
      assert.deepEqual(found(directory), ['a.yaml', 'b.yaml', 'b/c.yml', 'b/d/e.json', 'z.yaml.d/f.yaml', 'Ü.yaml']);
    }));

  it('accepts a configured path with any name', () =>
    withDirectory((directory) => {
      writeFiles(directory, { '.hidden/config': '', 'a.yaml': '' });
      assert.deepEqual(found(directory, join(directory, '.hidden/config'), join(directory, 'a.yaml')), [
        '.hidden/config',
        'a.yaml',
      ]);
    }));

  it('finds a file once if several paths lead to it', () =>
    withDirectory((directory) => {
      writeFiles(directory, { 'a/b.yaml': '' });
      symlinkSync('b.yaml', join(directory, 'a/c.yaml'));
      linkSync(join(directory, 'a/b.yaml'), join(directory, 'a/d.yaml'));
      symlinkSync('a', join(directory, 'e'));
      assert.deepEqual(found(directory, join(directory, 'a'), directory, join(directory, 'a/b.yaml')), ['a/b.yaml']);
    }));

  it('follows links, and visits circles once', () =>
    withDirectory((directory) => {
      writeFiles(directory, { 'root/a.yaml': '', 'elsewhere/b.yaml': '', 'elsewhere/c.yaml': '' });
      symlinkSync('..', join(directory, 'root/up'));
      symlinkSync('../elsewhere', join(directory, 'root/there'));
      symlinkSync('../elsewhere/c.yaml', join(directory, 'root/c.yaml'));
      assert.deepEqual(found(join(directory, 'root')), ['a.yaml', 'c.yaml', 'there/b.yaml']);
    }));

  it('returns targets of links outside of the paths', () =>
    withDirectory((directory) => {
      writeFiles(directory, { 'root/a.yaml': '', 'elsewhere/c.yaml': '' });
      symlinkSync('../elsewhere/c.yaml', join(directory, 'root/c.yaml'));
      const { linkTargets, directories, files } = walkAll(join(directory, 'root'));
      assert.deepEqual([...directories], [join(directory, 'root')]);
      assert.deepEqual(linkTargets.get(directory), new Set(['root']));
      assert.deepEqual([...linkTargets.values()], [new Set(['root']), new Set(['c.yaml'])]);
      assert.deepEqual(
        files.map(({ link }) => link),
        [false, true],
      );
    }));

  it('lists files that cannot be read, so that the reader reports them', () =>
    withDirectory(async (directory) => {
      symlinkSync('nowhere', join(directory, 'dangling.yaml'));
      symlinkSync('circle.yaml', join(directory, 'circle.yaml'));
      symlinkSync('nowhere', join(directory, 'not-ours'));
      execFileSync('mkfifo', [join(directory, 'pipe.yaml')]);
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(join(directory, 'socket.yaml'), resolve));
      try {
        assert.deepEqual(found(directory), ['circle.yaml', 'dangling.yaml', 'pipe.yaml', 'socket.yaml']);
      } finally {
        server.close();
      }
    }));

  it('returns what each configured path is', () =>
    withDirectory((directory) => {
      writeFiles(directory, { 'a/b.yaml': '', 'c/d.yaml': '' });
      symlinkSync('circle', join(directory, 'circle'));
      symlinkSync('a', join(directory, 'link'));
      const names = ['a', 'a/b.yaml', 'c/d.yaml', 'circle/e', 'link', 'missing', 'c/d.yaml/f'];
      const { findings, unlisted, roots } = walkAll(...names.map((name) => join(directory, name)));
      const standings = names.map((name) => `${name} ${roots.get(join(directory, name)) ?? ''}`);
      assert.deepEqual(standings, [
        ...['a read', 'a/b.yaml covered', 'c/d.yaml read', 'circle/e unreadable', 'link covered', 'missing missing'],
        'c/d.yaml/f missing',
      ]);
      assert.deepEqual(brief(directory, findings), ['circle/e:1:1 error UnreadableFile']);
      assert.deepEqual(unlisted, [join(directory, 'circle/e')]);
    }));

  it('reports a directory before it is listed', () =>
    withDirectory((directory) => {
      mkdirSync(join(directory, 'a'));
      const told: string[] = [];
      for (const _ of walk([directory], DEFAULT_READ_LIMITS, { onDirectory: (path) => told.push(path) }));
      assert.deepEqual(told, [directory, join(directory, 'a')]);
    }));
});

describe('isConfigName', () => {
  it('depends on the extension', () => {
    for (const name of ['a.yaml', 'a.yml', 'a.json', 'a.b.yaml', 'a.YAML']) assert.ok(isConfigName(name));
    for (const name of ['a', 'yaml', '.yaml', 'a.yaml~', 'a.yamlx']) assert.ok(!isConfigName(name));
  });
});
