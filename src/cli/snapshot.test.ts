import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { fakeControlPlane, finding } from '../testing/fake-control-plane.js';
import type { ConfigPath } from '../source/index.js';
import { runCommand, withAdmin } from '../testing/run-command.js';

const ENVOY = [
  '--node-id',
  'e1',
  '--locality',
  'r1/z1',
  '--labels',
  'app=a',
  '--cluster',
  'c1',
  '--metadata',
  'ROLE=gateway',
  'NAMESPACE=n',
];
const query = {
  nodeId: 'e1',
  region: 'r1',
  zone: 'z1',
  cluster: 'c1',
  labels: { app: 'a' },
  metadata: { ROLE: 'gateway', NAMESPACE: 'n' },
};
const expected = { listeners: [query], routes: [], clusters: [], endpoints: [] };

describe('lifeboat snapshot', () => {
  it('reads files', async () => {
    const { code, err, out } = await runCommand(['snapshot', ...ENVOY, '--config', '/', '/tmp']);
    assert.deepEqual([code, err, JSON.parse(out)], [0, '', expected]);
  });

  it('reads the given paths', async () => {
    const paths: ConfigPath[] = [];
    const load = async (given: readonly ConfigPath[]) => {
      paths.push(...given);
      return fakeControlPlane();
    };
    await runCommand(['snapshot', ...ENVOY, '--config', '/', '--config', 'east=/tmp'], { ports: { load } });
    assert.deepEqual(paths, [{ path: '/' }, { path: '/tmp', cluster: 'east' }]);
  });

  it('gives the same result from a server', async () => {
    await withAdmin(fakeControlPlane(), async (url) => {
      const { code, out } = await runCommand(['snapshot', ...ENVOY, '--server', url]);
      assert.deepEqual([code, JSON.parse(out)], [0, expected]);
    });
  });

  it('accepts the targets of a gRPC client', async () => {
    const { err, out } = await runCommand([
      'snapshot',
      '--node-id',
      'e1',
      '--target',
      'a.global:80',
      '--target',
      'b',
      '--config',
      '/',
    ]);
    assert.deepEqual((JSON.parse(out) as typeof expected).listeners, [
      { nodeId: 'e1', labels: {}, metadata: {}, targets: ['a.global:80', 'b'] },
    ]);
    assert.match(
      err,
      /^warning: Nothing serves the target a\.global:80 for this node\..*\nwarning: Nothing serves the target b /,
    );
  });

  it('prints YAML when asked to', async () => {
    assert.deepEqual(parse((await runCommand(['snapshot', ...ENVOY, '--config', '/', '-o', 'yaml'])).out), expected);
  });

  it('prefers the flag --config over a server in the environment', async () => {
    const env = { LIFEBOAT_SERVER: 'http://127.0.0.1:2' };
    assert.equal((await runCommand(['snapshot', ...ENVOY, '--config', '/'], { env })).code, 0);
  });

  it('prefers the flag --server over files in the environment', async () => {
    const argv = ['snapshot', ...ENVOY, '--server', 'http://127.0.0.1:2'];
    assert.equal((await runCommand(argv, { env: { LIFEBOAT_CONFIG: '/' } })).code, 3);
  });

  it('prints errors of the files in addition to the result', async () => {
    const load = async () => fakeControlPlane({ findings: [finding(), finding({ severity: 'warning' })] });
    const { code, err, out } = await runCommand(['snapshot', ...ENVOY, '--config', '/'], { ports: { load } });
    assert.deepEqual([code, JSON.parse(out)], [0, expected]);
    assert.match(err, /^failover\.yaml:7:3 error [^\n]*\n$/);
  });

  it('accepts the flags of bootstrap', async () => {
    const flags = [
      '--role',
      'gateway',
      '--namespace',
      'n',
      '--interception',
      'redirect',
      '--listen-port-offset',
      '1000',
      '--mesh',
      'm.n',
    ];
    const { out } = await runCommand(['snapshot', '--node-id', 'e1', ...flags, '--config', '/']);
    assert.deepEqual(
      (JSON.parse(out) as { readonly listeners: readonly { readonly metadata: object }[] }).listeners[0]?.metadata,
      {
        ...{ ROLE: 'gateway', NAMESPACE: 'n', INTERCEPTION: 'REDIRECT', LISTEN_PORT_OFFSET: '1000', MESH: 'm.n' },
      },
    );
  });

  it('prints the resources of a connected Envoy, and those that it has acknowledged', async () => {
    await withAdmin(fakeControlPlane(), async (url) => {
      const gets = await runCommand(['snapshot', '--proxy', 'e1', '--server', url]);
      assert.deepEqual(JSON.parse(gets.out), { listeners: [{ proxy: 'e1' }], routes: [], clusters: [], endpoints: [] });
      const holds = await runCommand(['snapshot', '--proxy', 'e1', '--acked', '--server', url]);
      const empty = { routes: [], clusters: [], endpoints: [], pending: [] };
      assert.deepEqual(JSON.parse(holds.out), { versions: { CDS: 'v1' }, listeners: [{ held: 'e1' }], ...empty });
    });
  });

  it('reports a proxy that is not connected', async () => {
    const proxySnapshot = (): string => 'No proxy with the id "e1" is connected.';
    await withAdmin({ ...fakeControlPlane(), proxySnapshot }, async (url) => {
      const err = 'error: No proxy with the id "e1" is connected.\n';
      assert.deepEqual(await runCommand(['snapshot', '--proxy', 'e1', '--server', url]), { code: 1, out: '', err });
    });
  });

  it('prints findings about the node in addition to the result', async () => {
    const nodeFindings = [
      { severity: 'warning', code: 'NodeLocalityNotFound', message: 'No endpoint is in the region "r9".' },
    ] as const;
    const load = async () => fakeControlPlane({ nodeFindings });
    const { code, err, out } = await runCommand(['snapshot', ...ENVOY, '--config', '/'], { ports: { load } });
    assert.deepEqual([code, JSON.parse(out)], [0, expected]);
    assert.equal(err, 'warning: NodeLocalityNotFound No endpoint is in the region "r9".\n');
  });

  const wrong: Readonly<Record<string, string>> = {
    '': 'The flag --node-id is missing: it names the Envoy. For a connected one, use --proxy.',
    '--node-id a --acked': '--acked needs --proxy: only a connected client acknowledges resources.',
    '--proxy a --locality r': '--locality does not go with --proxy, which asks the server for a connected Envoy.',
    '--proxy a --listen-port-offset 1':
      '--listen-port-offset does not go with --proxy, which asks the server for a connected Envoy.',
    '--proxy a --config /': '--config does not go with --proxy, which asks the server for a connected Envoy.',
  };
  for (const [flags, sentence] of Object.entries(wrong)) {
    it(`rejects "${flags}"`, async () => {
      const result = await runCommand(['snapshot', ...flags.split(' ').filter((flag) => flag !== '')]);
      assert.deepEqual(result, { code: 2, out: '', err: `error: ${sentence}\n` });
    });
  }
});
