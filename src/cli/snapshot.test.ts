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
  it('answers from files', async () => {
    const { code, err, out } = await runCommand(['snapshot', ...ENVOY, '--config', '/', '/tmp']);
    assert.deepEqual([code, err, JSON.parse(out)], [0, '', expected]);
  });

  it('reads the paths it is given', async () => {
    const paths: ConfigPath[] = [];
    const load = async (given: readonly ConfigPath[]) => {
      paths.push(...given);
      return fakeControlPlane();
    };
    await runCommand(['snapshot', ...ENVOY, '--config', '/', '--config', 'east=/tmp'], { services: { load } });
    assert.deepEqual(paths, [{ path: '/' }, { path: '/tmp', cluster: 'east' }]);
  });

  it('answers from a server alike', async () => {
    await withAdmin(fakeControlPlane(), async (url) => {
      const { code, out } = await runCommand(['snapshot', ...ENVOY, '--server', url]);
      assert.deepEqual([code, JSON.parse(out)], [0, expected]);
    });
  });

  it('takes the targets of a gRPC client', async () => {
    const { out } = await runCommand(['snapshot', '--node-id', 'e1', '--target', 'a.global:80', '--target', 'b', '--config', '/']);
    assert.deepEqual((JSON.parse(out) as typeof expected).listeners, [{ nodeId: 'e1', labels: {}, metadata: {}, targets: ['a.global:80', 'b'] }]);
  });

  it('prints YAML when asked to', async () => {
    assert.deepEqual(parse((await runCommand(['snapshot', ...ENVOY, '--config', '/', '-o', 'yaml'])).out), expected);
  });

  it('prefers a flag for files over a server named by the environment', async () => {
    const env = { LIFEBOAT_SERVER: 'http://127.0.0.1:2' };
    assert.equal((await runCommand(['snapshot', ...ENVOY, '--config', '/'], { env })).code, 0);
  });

  it('prefers a flag for a server over files named by the environment', async () => {
    const argv = ['snapshot', ...ENVOY, '--server', 'http://127.0.0.1:2'];
    assert.equal((await runCommand(argv, { env: { LIFEBOAT_CONFIG: '/' } })).code, 3);
  });

  it('shows errors of the files beside the result', async () => {
    const load = async () => fakeControlPlane({ findings: [finding(), finding({ severity: 'warning' })] });
    const { code, err, out } = await runCommand(['snapshot', ...ENVOY, '--config', '/'], { services: { load } });
    assert.deepEqual([code, JSON.parse(out)], [0, expected]);
    assert.match(err, /^failover\.yaml:7:3 error [^\n]*\n$/);
  });
});
