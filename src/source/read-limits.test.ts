/** What is read of files that nobody wrote by hand: huge ones, trees without end, links that lead elsewhere. */
import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brief, service, withDirectory, writeFiles } from './fixtures.test.js';
import { readFiles } from './read-files.js';
import { deleted, upserted, watching } from './watched-directory.test.js';
import { DEFAULT_READ_LIMITS, LARGEST_SYNTAX_LIMITS, MAX_DIRECTORY_DEPTH, MAX_FILE_FINDINGS } from './yaml/limits.js';

const FEW = { ...DEFAULT_READ_LIMITS, documents: 3 };

describe('limits of a file', () => {
  const tooMany: Readonly<Record<string, readonly [text: string, line: number]>> = {
    'lines of "---"': ['---\n'.repeat(4), 4],
    'empty mappings': ['{}\n---\n'.repeat(4), 6],
    'JSON values': ['{}\n'.repeat(4), 4],
    'items of a List': [`kind: List\nitems:\n${'- {}\n'.repeat(4)}`, 6],
    'documents and items together': [`{}\n---\nkind: List\nitems:\n${'- {}\n'.repeat(4)}`, 7],
  };
  for (const [title, [text, line]] of Object.entries(tooMany)) {
    it(`are told with the line for too many ${title}`, () =>
      withDirectory((directory) => {
        writeFiles(directory, { 'big.yaml': text, 'good.yaml': service('a') });
        const { findings, resources } = readFiles([directory], { limits: FEW });
        assert.deepEqual(brief(directory, findings), [`big.yaml:${line}:1 error TooManyDocuments`]);
        assert.match(findings[0]?.message ?? '', /more than 3 documents.*--max-documents/u);
        assert.equal(resources.length, 1);
      }));
  }

  it('promise 6: leave the last good content in force', () =>
    watching(
      { 'a.yaml': service('a') },
      async ({ directory, next, inForce }) => {
        writeFiles(directory, { 'a.yaml': '---\n'.repeat(4) });
        const batch = await next();
        assert.deepEqual(
          [deleted(batch), brief(directory, batch.findings)],
          [[], ['a.yaml:4:1 warning TooManyDocuments']],
        );
        assert.deepEqual([...inForce.keys()], ['a']);
      },
      { limits: FEW },
    ));

  it('bound the findings of a file, errors first', () =>
    withDirectory((directory) => {
      const unknown = 'apiVersion: v1\nkind: Unknown\nmetadata: {name: a}\n---\n';
      writeFiles(directory, { 'a.yaml': `${unknown}${'- 1\n---\n'.repeat(MAX_FILE_FINDINGS + 5)}` });
      const { findings } = readFiles([directory]);
      const codes = findings.map(({ code }) => code);
      assert.equal(codes.filter((code) => code === 'NotAResource').length, MAX_FILE_FINDINGS);
      assert.match(findings.find(({ code }) => code === 'MoreFindings')?.message ?? '', /has 6 more findings/u);
    }));

  it('promise 29: reject deep nesting, aliases that expand without end, and one huge scalar, each with its line', () =>
    withDirectory((directory) => {
      const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
      for (let i = 1; i < 10; i++)
        bomb.push(
          `a${i}: &a${i} [${Array(10)
            .fill(`*a${i - 1}`)
            .join()}]`,
        );
      writeFiles(directory, {
        'aliases.yaml': bomb.join('\n'),
        'deep.yaml': `a: ${'['.repeat(100_000)}`,
        'good.yaml': service('a'),
        'scalar.yaml': `a: "${'x'.repeat(5_000_000)}"\n`,
      });
      const { findings, resources } = readFiles([directory]);
      assert.deepEqual(brief(directory, findings), [
        'aliases.yaml:5:38 error InvalidAlias',
        'deep.yaml:1:105 error DocumentTooDeep',
        'scalar.yaml:1:1 error DocumentTooLarge',
      ]);
      assert.equal(resources.length, 1);
    }));
});

describe('limits of a document', () => {
  /** A Service with a field that nobody reads, `levels` levels below the root. */
  const forms: Readonly<Record<string, (levels: number) => string>> = {
    'flow style': (levels) => `${service('a')}x: ${'['.repeat(levels)}${']'.repeat(levels)}\n`,
    'block style': (levels) =>
      `${service('a')}x:\n${Array.from({ length: levels }, (_, i) => `${' '.repeat(i + 1)}y:\n`).join('')}`,
    JSON: (levels) =>
      `{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "x": ${'['.repeat(levels)}${']'.repeat(levels)}}`,
    aliases: (levels) => {
      const half = Math.floor(levels / 2);
      const rest = levels - half;
      return `${service('a')}y: &y ${'['.repeat(half)}${']'.repeat(half)}\nx: ${'['.repeat(rest)}*y${']'.repeat(rest)}\n`;
    },
  };
  for (const [title, textOf] of Object.entries(forms)) {
    for (const depth of [20, DEFAULT_READ_LIMITS.depth, LARGEST_SYNTAX_LIMITS.depth]) {
      it(`are those that are set: ${depth} levels, ${title}`, () =>
        withDirectory((directory) => {
          writeFiles(directory, { 'deeper.yaml': textOf(depth + 10), 'within.yaml': textOf(depth - 10) });
          const { findings, resources } = readFiles([directory], { limits: { ...DEFAULT_READ_LIMITS, depth } });
          assert.deepEqual([...new Set(findings.map(({ file }) => file.slice(directory.length + 1)))], ['deeper.yaml']);
          assert.match(findings[0]?.code ?? '', /DocumentTooDeep|InvalidAlias/);
          assert.match(findings[0]?.message ?? '', new RegExp(`deeper than ${depth} levels \\(--max-depth\\)`));
          assert.equal(resources.length, 1);
        }));
    }
  }

  it('count the values that aliases add', () =>
    withDirectory((directory) => {
      const list = (copies: number): string =>
        `${service('a')}y: &y [1, 2, 3]\nx: [${Array(copies).fill('*y').join()}]\n`;
      writeFiles(directory, { 'more.yaml': list(6), 'within.yaml': list(5) });
      const { findings } = readFiles([directory], { limits: { ...DEFAULT_READ_LIMITS, aliasedValues: 20 } });
      assert.deepEqual(brief(directory, findings), ['more.yaml:7:20 error InvalidAlias']);
      assert.match(findings[0]?.message ?? '', /more than 20 values \(--max-aliased-values\)/);
    }));
});

describe('a file that takes long to read', () => {
  const large = (names: readonly string[]): string => names.map((name) => service(name)).join('---\n');

  it('promise 6: lets changes of other files be applied meanwhile', () =>
    watching(
      { 'a.yaml': service('a'), 'big.yaml': service('b') },
      async ({ directory, next }) => {
        const names = Array.from({ length: 30_000 }, (_, i) => `b${i}`);
        writeFileSync(join(directory, 'big.yaml.tmp'), large(names));
        renameSync(join(directory, 'big.yaml.tmp'), join(directory, 'big.yaml'));
        // Time to notice the large file first; whatever comes first, the small change does not wait for it.
        await new Promise((resolve) => setTimeout(resolve, 60));
        writeFiles(directory, { 'a.yaml': service('a', 'new.global') });
        const first = await next();
        assert.deepEqual([upserted(first), deleted(first)], [['a'], []]);
        const second = await next();
        assert.deepEqual([second.upserts.length, deleted(second)], [names.length, ['b']]);
      },
      { patience: 0 },
    ));

  it('takes over what another file loses, without deleting it in between', () =>
    watching(
      { 'a.yaml': service('a'), 'big.yaml': service('b') },
      async ({ directory, next, inForce }) => {
        const names = Array.from({ length: 20_000 }, (_, i) => `b${i}`);
        writeFiles(directory, { 'big.yaml': large(['a', 'b', ...names]) });
        unlinkSync(join(directory, 'a.yaml'));
        const batches = [await next()];
        while (inForce.size < names.length + 2) batches.push(await next());
        assert.deepEqual(batches.flatMap(deleted), []);
        assert.ok(inForce.has('a'));
      },
      { patience: 0 },
    ));

  it('is read again when it changes meanwhile', () =>
    watching(
      { 'big.yaml': service('b') },
      async ({ directory, next, inForce }) => {
        writeFiles(directory, { 'big.yaml': large(Array.from({ length: 30_000 }, (_, i) => `b${i}`)) });
        await new Promise((resolve) => setTimeout(resolve, 60));
        writeFiles(directory, { 'big.yaml': service('c') });
        while (inForce.size !== 1 || !inForce.has('c')) await next();
      },
      { patience: 0 },
    ));
});

describe('links', () => {
  it('are followed within the configured paths, and through a configured path', () =>
    withDirectory((directory) => {
      writeFiles(directory, {
        'conf/..1/a.yaml': service('a'),
        'other/b.yaml': service('b'),
        'other/c.yaml': service('c'),
      });
      symlinkSync('..1', join(directory, 'conf/..data'));
      symlinkSync('..data/a.yaml', join(directory, 'conf/a.yaml'));
      symlinkSync('../other/b.yaml', join(directory, 'conf/b.yaml'));
      symlinkSync('.', join(directory, 'conf/again'));
      symlinkSync('conf', join(directory, 'current'));
      const given = ['current', 'other'].map((name) => join(directory, name));
      const { findings, resources } = readFiles(given);
      assert.deepEqual([resources.map(({ metadata }) => metadata.name).sort(), findings], [['a', 'b', 'c'], []]);
    }));

  it('that lead out of them are told, and followed only where that is asked for', () =>
    withDirectory((directory) => {
      writeFiles(directory, { 'conf/a.yaml': service('a'), 'far/b.yaml': service('b') });
      symlinkSync('../far/b.yaml', join(directory, 'conf/b.yaml'));
      symlinkSync('/', join(directory, 'conf/root'));
      symlinkSync('..', join(directory, 'conf/up'));
      const conf = join(directory, 'conf');
      const { findings, resources } = readFiles([conf]);
      assert.deepEqual(brief(conf, findings), [
        'b.yaml:1:1 warning LinkNotFollowed',
        'root:1:1 warning LinkNotFollowed',
        'up:1:1 warning LinkNotFollowed',
      ]);
      assert.equal(resources.length, 1);
      unlinkSync(join(conf, 'root'));
      const followed = readFiles([conf], { limits: { ...DEFAULT_READ_LIMITS, followLinks: true } });
      assert.deepEqual([followed.resources.length, followed.findings], [2, []]);
    }));
});

describe('limits of a path', () => {
  it('leave a path with too many files unread at the start', () =>
    withDirectory((directory) => {
      writeFiles(directory, { 'x/a.yaml': service('a'), 'x/b.yaml': service('b'), 'y/c.yaml': service('c') });
      const paths = ['x', 'y'].map((name) => join(directory, name));
      const { findings, resources } = readFiles(paths, { limits: { ...DEFAULT_READ_LIMITS, files: 2 } });
      assert.deepEqual(brief(directory, findings), ['x:1:1 error TooManyFiles']);
      assert.deepEqual(
        resources.map(({ metadata }) => metadata.name),
        ['c'],
      );
    }));

  it('leave what is in force alone when too many files come, and read what is known', () =>
    watching(
      { 'a.yaml': service('a'), 'b.yaml': service('b') },
      async ({ directory, next, inForce, states }) => {
        mkdirSync(join(directory, 'new'));
        writeFiles(directory, { 'new/c.yaml': service('c'), 'new/d.yaml': service('d') });
        while ((states()[0]?.problem ?? '') === '') await next();
        assert.match(states()[0]?.problem ?? '', /too many files/u);
        assert.deepEqual([...inForce.keys()].sort(), ['a', 'b']);
        writeFiles(directory, { 'a.yaml': service('a', 'new.global') });
        while (inForce.get('a') !== 'new.global') await next();
        rmSync(join(directory, 'new'), { recursive: true });
        while (states()[0]?.problem !== undefined) await next();
        assert.deepEqual([...inForce.keys()].sort(), ['a', 'b']);
      },
      { limits: { ...DEFAULT_READ_LIMITS, files: 4 } },
    ));

  it('are those of depth, too', () =>
    withDirectory((directory) => {
      const deep = Array.from({ length: MAX_DIRECTORY_DEPTH + 1 }, () => 'd').join('/');
      writeFiles(directory, { [`${deep}/a.yaml`]: service('a'), 'a.yaml': service('b') });
      const { findings, resources } = readFiles([directory]);
      assert.deepEqual([brief(directory, findings), resources.length], [[`${deep}:1:1 error DirectoryTooDeep`], 1]);
    }));
});
