import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { resourceKey } from '../api/resource.js';
import { brief, service, withDirectory, writeFiles } from './fixtures.test.js';
import { DEFAULT_READ_LIMITS } from './yaml/limits.js';
import { readFiles } from './read-files.js';

describe('readFiles', () => {
  it('reads directories and files, with positions that begin with the given paths', () =>
    withDirectory((directory) => {
      writeFiles(directory, {
        'conf/a.yaml': `${service('a')}---\n${service('b')}`,
        'conf/more/c.json':
          '{"kind": "List", "items": [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}}]}',
        'other.txt': service('d'),
      });
      const { resources, findings } = readFiles([join(directory, 'conf'), join(directory, 'other.txt')]);
      assert.deepEqual(findings, []);
      assert.deepEqual(
        resources.map(({ kind, metadata: { namespace, name } }) => resourceKey({ kind, namespace, name })),
        ['FailoverService/ns/a', 'FailoverService/ns/b', 'Pod/default/p', 'FailoverService/ns/d'],
      );
      assert.ok(resources.every(({ generation, arrival }) => generation === 1 && arrival === 1));
      assert.deepEqual(resources[1]?.locate(['spec', 'hostname']), {
        file: join(directory, 'conf/a.yaml'),
        line: 11,
        column: 3,
      });
      assert.deepEqual(resources[2]?.locate(['metadata', 'name']), {
        file: join(directory, 'conf/more/c.json'),
        line: 1,
        column: 77,
      });
    }));

  it('returns a finding for every invalid file', () =>
    withDirectory((directory) => {
      writeFiles(directory, { 'good.yaml': service('a'), 'large.yaml': '', 'closed.yaml': service('b') });
      symlinkSync('nowhere', join(directory, 'dangling.yaml'));
      symlinkSync('circle.yaml', join(directory, 'circle.yaml'));
      execFileSync('mkfifo', [join(directory, 'pipe.yaml')]);
      truncateSync(join(directory, 'large.yaml'), DEFAULT_READ_LIMITS.fileBytes + 1);
      chmodSync(join(directory, 'closed.yaml'), 0);
      const { resources, findings } = unprivileged(directory, () => readFiles([directory, join(directory, 'missing')]));
      assert.deepEqual(
        resources.map(({ metadata }) => metadata.name),
        ['a'],
      );
      assert.deepEqual(brief(directory, findings), [
        'circle.yaml:1:1 error UnreadableFile',
        'closed.yaml:1:1 error UnreadableFile',
        'dangling.yaml:1:1 error UnreadableFile',
        'large.yaml:1:1 error FileTooLarge',
        'missing:1:1 error PathNotFound',
        'pipe.yaml:1:1 error NotAFile',
      ]);
      const messages = findings.map(({ message }) => message);
      assert.equal(messages[0], 'The file cannot be read: its symbolic links form a loop.');
      assert.equal(messages[1], 'The file cannot be read: permission denied.');
      assert.equal(messages[2], 'The file cannot be read: it does not exist, or is a broken symbolic link.');
    }));

  it('returns a finding for a directory that cannot be listed', () =>
    withDirectory((directory) => {
      writeFiles(directory, { 'good.yaml': service('a'), 'closed/b.yaml': service('b') });
      chmodSync(join(directory, 'closed'), 0);
      const { resources, findings } = unprivileged(directory, () => readFiles([directory]));
      chmodSync(join(directory, 'closed'), 0o700);
      assert.equal(resources.length, 1);
      assert.deepEqual(brief(directory, findings), ['closed:1:1 error UnreadableFile']);
      assert.equal(findings[0]?.message, 'The directory cannot be read: permission denied.');
    }));
});

/** Permissions stop everybody but root, as whom tests often run. */
function unprivileged<Result>(directory: string, run: () => Result): Result {
  chmodSync(directory, 0o755);
  if (process.geteuid?.() !== 0) return run();
  const nobody = 65_534;
  process.seteuid?.(nobody);
  try {
    return run();
  } finally {
    process.seteuid?.(0);
  }
}
