import assert from 'node:assert/strict';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Finding } from '../control-plane/api/api.js';
import { fakeControlPlane, finding } from '../testing/fake-control-plane.js';
import { load } from '../main.js';
import { type RunOptions, runCommand, withFiles } from '../testing/run-command.js';

const warning = finding({
  severity: 'warning',
  code: 'field-unknown',
  line: 9,
  message: 'Unknown field "prot".',
  path: 'spec.prot',
});
const broken = finding({
  code: 'yaml',
  kind: '',
  namespace: '',
  name: '',
  path: '',
  line: 1,
  column: 1,
  message: 'Not\nYAML.',
});

function check(findings: readonly Finding[], flags: readonly string[] = [], options: RunOptions = {}) {
  const ports = { load: async () => fakeControlPlane({ findings }) };
  return runCommand(['check', '/', ...flags], { ...options, ports });
}

describe('lifeboat check', () => {
  it('succeeds for resources without findings', async () => {
    assert.deepEqual(await check([]), { code: 0, out: '', err: '0 resources: 0 errors, 0 warnings.\n' });
  });

  it('prints a line for each finding and fails for errors', async () => {
    const { code, err, out } = await check([finding(), warning, broken]);
    assert.equal(code, 1);
    assert.deepEqual(out.split('\n'), [
      'failover.yaml:7:3 error field-invalid FailoverService/bookinfo/reviews Invalid port number 0: must be between 1 and 65535, inclusive.',
      'failover.yaml:9:3 warning field-unknown FailoverService/bookinfo/reviews Unknown field "prot".',
      'failover.yaml:1:1 error yaml - Not YAML.',
      '',
    ]);
    assert.equal(err, '0 resources: 2 errors, 1 warning.\n');
  });

  it('succeeds for warnings', async () => {
    assert.equal((await check([warning])).code, 0);
  });

  it('fails for warnings with --strict', async () => {
    assert.equal((await check([warning], ['--strict'])).code, 1);
    assert.equal((await check([], ['--strict'])).code, 0);
  });

  it('reads the standard input', async () => {
    const stdin = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {version: 1.10}}\n';
    const { code, err, out } = await runCommand(['check', '-'], { ports: { load }, stdin });
    assert.deepEqual(
      [code, out],
      [
        1,
        '-:3:30 error WrongType Pod/default/a metadata.labels.version must be a string, not 1.10. Put it in quotes.\n',
      ],
    );
    assert.equal(err, '0 resources: 1 error, 0 warnings.\n');
  });

  it('reports an empty standard input, and one that is not text', async () => {
    assert.match(
      (await runCommand(['check', '-'], { ports: { load } })).out,
      /^-:1:1 warning EmptyFile - The file contains no resources\.\n$/,
    );
    const utf16 = await runCommand(['check', '-'], { ports: { load }, stdin: Buffer.from('\ufeffa', 'utf16le') });
    assert.match(utf16.out, /^-:1:1 error InvalidEncoding/);
  });

  it('uses the cluster of each path, so that resources of several clusters are different', async () => {
    const dump = 'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Node\n  metadata: {name: a}\n';
    await withFiles({ 'east.yaml': dump, 'west.yaml': dump }, async (directory) => {
      const [east, west] = ['east', 'west'].map((name) => join(directory, `${name}.yaml`));
      const collide = await runCommand(['check', directory], { ports: { load } });
      assert.match(
        collide.out,
        /DuplicateResource .* ignored\. If they come from different clusters, name the cluster of each: with --config NAME=PATH /,
      );
      const [inEast, inWest] = [`east=${east ?? ''}`, `west=${west ?? ''}`];
      assert.deepEqual(await runCommand(['check', inEast, inWest], { ports: { load } }), {
        code: 0,
        out: '',
        err: '2 resources: 0 errors, 0 warnings.\n',
      });
      const same = await runCommand(['check', inEast, `east=${west ?? ''}`], { ports: { load } });
      assert.match(same.out, /DuplicateResource .* and this one is ignored\.\n$/);
    });
  });

  it('reads a path with a = in its name', async () => {
    await withFiles({ 'a=b.yaml': 'apiVersion: v1\nkind: Node\nmetadata: {name: a}\n' }, async (directory) => {
      assert.equal((await runCommand(['check', join(directory, 'a=b.yaml')], { ports: { load } })).code, 0);
    });
  });

  for (const [path, hint] of [
    ['~/conf', 'Only a shell expands "~". Use the full path.'],
    ['/nowhere/*.yaml', 'Patterns are not supported. Use the directory.'],
  ] as const) {
    it(`explains the problem of the path ${path}`, async () => {
      const { code, err } = await runCommand(['check', path]);
      assert.deepEqual([code, err], [2, `error: ${path}: there is no such file or directory. ${hint}\n`]);
    });
  }

  it('prints JSON with the documented fields', async () => {
    const { code, out } = await check([finding()], ['-o', 'json']);
    assert.equal(code, 1);
    assert.deepEqual(JSON.parse(out), { findings: [finding()] });
    assert.match(
      out,
      /"file"[^]*"line"[^]*"column"[^]*"severity"[^]*"code"[^]*"kind"[^]*"namespace"[^]*"name"[^]*"path"[^]*"message"/,
    );
  });

  it('prints an empty list as JSON', async () => {
    assert.deepEqual(JSON.parse((await check([], ['-o', 'json'])).out), { findings: [] });
  });

  it('prints YAML and a table', async () => {
    assert.deepEqual(parse((await check([finding()], ['-o', 'yaml'])).out), { findings: [finding()] });
    const [head, row] = (await check([warning], ['-o', 'table'])).out.split('\n');
    assert.match(head ?? '', /^POSITION +SEVERITY +CODE +RESOURCE +MESSAGE$/);
    assert.match(
      row ?? '',
      /^failover.yaml:9:3 +warning +field-unknown +FailoverService\/bookinfo\/reviews +Unknown field "prot"\.$/,
    );
  });

  it('colours lines on a terminal', async () => {
    assert.ok((await check([finding()], [], { isTTY: true })).out.includes('\u001b[31merror\u001b'));
    assert.ok(!(await check([finding()], [], { isTTY: true, env: { NO_COLOR: '1' } })).out.includes('\u001b'));
  });

  it('names a path that does not exist', async () => {
    assert.deepEqual(await runCommand(['check', '/does/not/exist']), {
      code: 2,
      out: '',
      err: 'error: /does/not/exist: there is no such file or directory.\n',
    });
  });
});
