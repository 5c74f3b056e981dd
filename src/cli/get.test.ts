import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse } from 'yaml';
import { capturedTerminal } from '../testing/captured-terminal.js';
import type { ResourceWithStatus } from '../control-plane/api/api.js';
import { fakeControlPlane } from '../testing/fake-control-plane.js';
import { type CommandResult, runCommand, withAdmin } from '../testing/run-command.js';

const accepted: ResourceWithStatus = {
  spec: { hostname: 'reviews-failover.bookinfo.global' },
  apiVersion: 'networking.smh.solo.io/v1alpha2',
  kind: 'FailoverService',
  metadata: { name: 'reviews-failover', namespace: 'service-mesh-hub', generation: 1 },
  status: { observedGeneration: '1', state: 'ACCEPTED' },
};
const invalid: ResourceWithStatus = {
  ...accepted,
  metadata: { name: 'ratings-failover', namespace: 'bookinfo', generation: 3 },
  status: { state: 'INVALID', errors: ['Missing required field "port".'], meshes: { 'm.n.': { errors: ['Other.'] } } },
};
const policy: ResourceWithStatus = {
  apiVersion: 'resilience.policy.gloo.solo.io/v2',
  kind: 'FailoverPolicy',
  metadata: { name: 'p', namespace: 'bookinfo', generation: 1 },
  status: { common: { state: 'INVALID', errors: ['Missing region.'] } },
};
const node: ResourceWithStatus = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } };

async function get(...argv: readonly string[]): Promise<CommandResult> {
  const results: CommandResult[] = [];
  await withAdmin(fakeControlPlane({ resources: [accepted, invalid, policy, node] }), async (url) => {
    results.push(await runCommand(['get', ...argv, '--server', url]));
  });
  return results[0] ?? assert.fail();
}

describe('lifeboat get', () => {
  it('prints all resources as a table', async () => {
    const { code, err, out } = await get();
    assert.deepEqual([code, err], [0, '']);
    assert.deepEqual(out.split('\n'), [
      'KIND              NAMESPACE          NAME               STATE      GENERATION   MESSAGE',
      'FailoverService   service-mesh-hub   reviews-failover   ACCEPTED   1            -',
      'FailoverService   bookinfo           ratings-failover   INVALID    3            Missing required field "port". (+1 more)',
      'FailoverPolicy    bookinfo           p                  INVALID    1            Missing region.',
      'Node              -                  n1                 -          -            -',
      '',
    ]);
  });

  it('prints a single resource as an object', async () => {
    const { out } = await get('failoverservice/reviews-failover', '-n', 'service-mesh-hub', '-o', 'yaml');
    assert.deepEqual(parse(out), accepted);
    assert.deepEqual(Object.keys(parse(out) as object), ['apiVersion', 'kind', 'metadata', 'spec', 'status']);
    assert.match(out, /^status:\n {2}observedGeneration: "1"\n {2}state: ACCEPTED$/m);
    assert.deepEqual(JSON.parse((await get('FailoverService', 'reviews-failover', '-o', 'json')).out), accepted);
  });

  it('prints several resources as a list', async () => {
    const list = { apiVersion: 'v1', kind: 'List', items: [accepted, invalid] };
    assert.deepEqual(parse((await get('failoverservices', '-o', 'yaml')).out), list);
    assert.deepEqual(JSON.parse((await get('failoverservices', '-o', 'json')).out), list);
    assert.deepEqual(JSON.parse((await get('node', '-o', 'json')).out), {
      apiVersion: 'v1',
      kind: 'List',
      items: [node],
    });
  });

  it('selects a namespace', async () => {
    assert.deepEqual(parse((await get('failoverservices', '-n', 'bookinfo', '-o', 'yaml')).out), {
      apiVersion: 'v1',
      kind: 'List',
      items: [invalid],
    });
  });

  it('reports that there are no resources', async () => {
    assert.deepEqual(await get('mesh', '-n', 'bookinfo'), {
      code: 0,
      out: '',
      err: 'No resources found in namespace bookinfo.\n',
    });
    assert.deepEqual(JSON.parse((await get('mesh', '-o', 'json')).out), { apiVersion: 'v1', kind: 'List', items: [] });
  });

  it('suggests a kind for a misspelt one', async () => {
    assert.deepEqual(await get('failoverservcie/x'), {
      code: 2,
      out: '',
      err: 'error: There is no kind "failoverservcie". Did you mean "FailoverService"?\n',
    });
  });

  it('fails if the named resource does not exist, and suggests one', async () => {
    const failure = async (...argv: readonly string[]) => {
      const { code, err, out } = await get(...argv);
      assert.deepEqual([code, out], [1, '']);
      return err;
    };
    assert.equal(await failure('fos/x', '-n', 'bookinfo'), 'error: fos "x" not found in namespace bookinfo.\n');
    assert.equal(
      await failure('fos/rating-failover'),
      'error: fos "rating-failover" not found. Did you mean "ratings-failover"?\n',
    );
    assert.equal(
      await failure('fos/reviews-failover', '-n', 'bookinfo'),
      'error: fos "reviews-failover" not found in namespace bookinfo. It is in namespace service-mesh-hub.\n',
    );
    assert.equal(
      await failure('fos', '-n', 'bokinfo'),
      'error: No resources found in namespace bokinfo. Did you mean "bookinfo"?\n',
    );
  });

  it('lists the kinds if none is similar', async () => {
    const { code, err } = await get('widgets');
    assert.equal(code, 2);
    assert.match(err, /^error: There is no kind "widgets"\. Available: Destination, .*, Workspace\.\n$/);
  });

  it('prints more columns with -o wide, each with its own name', async () => {
    const { out } = await get('fos', '-n', 'service-mesh-hub', '-o', 'wide');
    const [heads = '', row] = out.split('\n');
    const names = heads.split(/ {3,}/);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(row?.split(/ {3,}/), [
      ...['FailoverService', 'service-mesh-hub', 'reviews-failover', 'ACCEPTED', '1'],
      ...['-', 'reviews-failover.bookinfo.global', '-', 'networking.smh.solo.io/v1alpha2', '-'],
    ]);
  });

  it('prints changes with --watch', async () => {
    const other = { ...accepted, status: { state: 'FAILED', errors: ['Refused.'] } };
    const answers = [[accepted, policy], [accepted, policy], [other, policy], [other]];
    for (const output of ['table', 'json']) {
      let asked = 0;
      const terminal = capturedTerminal({ now: 0 });
      const controlPlane = {
        ...fakeControlPlane(),
        resources: () => {
          asked += 1;
          if (asked > answers.length) terminal.signal('SIGINT');
          return answers[asked - 1] ?? [other];
        },
      };
      await withAdmin(controlPlane, async (url) => {
        assert.equal((await runCommand(['get', '-w', '-o', output, '--server', url], { terminal })).code, 0);
      });
      const deleted = { ...policy, metadata: { ...policy.metadata, deletionTimestamp: '1970-01-01T00:00:00.000Z' } };
      if (output === 'json')
        assert.deepEqual(JSON.parse(`[${terminal.out().replaceAll('\n}\n{', '\n},\n{')}]`), [
          accepted,
          policy,
          other,
          deleted,
        ]);
      else
        assert.deepEqual(
          terminal
            .out()
            .split('\n')
            .map((line) => line.split(/ {3,}/)[3]),
          ['STATE', 'ACCEPTED', 'INVALID', 'FAILED', 'DELETED', undefined],
        );
    }
  }).timeout(30_000);

  it('reports a server that cannot be reached', async () => {
    const { code, err, out } = await runCommand(['get', '--server', 'http://127.0.0.1:2']);
    assert.deepEqual([code, out], [3, '']);
    assert.equal(
      err,
      'error: Cannot reach the control plane at http://127.0.0.1:2 (ECONNREFUSED). Check that it runs, and that --server is its admin address.\n',
    );
  });

  it('reports that a server has another version', async () => {
    const server = createServer((_, response) =>
      response.writeHead(200, { 'Lifeboat-Version': '0.0.9' }).end('{"items": [{"id": "a", "types": {}}]}'),
    ).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const { code, err } = await runCommand(['proxies', '--server', `127.0.0.1:${port}`]);
    server.close();
    server.closeAllConnections();
    assert.equal(code, 3);
    assert.match(err, /its answer lacks fields\. It is of version 0\.0\.9, and this command of version 1\.2\.3\.\n$/);
  });

  const foreign: Readonly<Record<string, readonly [number, string]>> = {
    'a page of HTML': [200, '<html>'],
    'JSON of another kind': [200, '[]'],
    'JSON without items': [200, '{}'],
    'an error': [500, '{"error":"Internal error."}'],
    'a redirect': [302, '{}'],
    'nothing at this path': [404, '404 page not found'],
  };
  for (const [what, [status, body]] of Object.entries(foreign)) {
    it(`does not accept ${what} as a response`, async () => {
      const server = createServer((_, response) => response.writeHead(status, { Location: '/' }).end(body)).listen(
        0,
        '127.0.0.1',
      );
      await new Promise((resolve) => server.once('listening', resolve));
      const { port } = server.address() as AddressInfo;
      const { code, err, out } = await runCommand(['get', '--server', `127.0.0.1:${port}`]);
      server.close();
      server.closeAllConnections();
      assert.deepEqual([code, out], [3, '']);
      assert.match(
        err,
        new RegExp(`^error: http://127.0.0.1:${port} does not answer as a control plane does: .*[^.]\\.\n$`),
      );
    });
  }
});
