import assert from 'node:assert/strict';
import { parse } from 'yaml';
import type { Finding } from '../control-plane/api.js';
import { fakeControlPlane, finding } from '../testing/fake-control-plane.js';
import { type RunOptions, runCommand } from '../testing/run-command.js';

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
  const services = { load: async () => fakeControlPlane({ findings }) };
  return runCommand(['check', '/', ...flags], { ...options, services });
}

describe('lifeboat check', () => {
  it('is content with resources without findings', async () => {
    assert.deepEqual(await check([]), { code: 0, out: '', err: '0 resources: 0 errors, 0 warnings.\n' });
  });

  it('prints a line per finding and fails upon errors', async () => {
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

  it('lets warnings pass', async () => {
    assert.equal((await check([warning])).code, 0);
  });

  it('prints JSON of the promised fields', async () => {
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

  it('names a path that is not there', async () => {
    assert.deepEqual(await runCommand(['check', '/does/not/exist']), {
      code: 2,
      out: '',
      err: 'error: /does/not/exist: there is no such file or directory.\n',
    });
  });
});
