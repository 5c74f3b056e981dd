import assert from 'node:assert/strict';
import { runCommand } from '../../testing/run-command.js';

async function bootstrap(...argv: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const { code, err, out } = await runCommand(['bootstrap', '--grpc', '--node-id', 'c1', ...argv]);
  assert.deepEqual([code, err], [0, '']);
  return JSON.parse(out) as Readonly<Record<string, unknown>>;
}

describe('lifeboat bootstrap --grpc', () => {
  it('contains the control plane and the node', async () => {
    const place = ['--locality', 'r1/z1/s1', '--cluster', 'mgmt', '--namespace', 'bookinfo', '--labels', 'app=a'];
    assert.deepEqual(await bootstrap('--xds-address', 'lifeboat.example:18000', ...place, '--metadata', 'MESH=m.n'), {
      xds_servers: [
        {
          server_uri: 'lifeboat.example:18000',
          channel_creds: [{ type: 'insecure' }],
          server_features: ['xds_v3'],
        },
      ],
      node: {
        id: 'c1',
        cluster: 'mgmt',
        locality: { region: 'r1', zone: 'z1', sub_zone: 's1' },
        metadata: { MESH: 'm.n', CLUSTER_ID: 'mgmt', NAMESPACE: 'bookinfo', LABELS: { app: 'a' }, GENERATOR: 'grpc' },
      },
    });
  });

  it('contains only the given values', async () => {
    assert.deepEqual((await bootstrap())['node'], { id: 'c1', cluster: 'unknown', metadata: { GENERATOR: 'grpc' } });
  });

  it('supports IPv6 addresses', async () => {
    const { xds_servers } = (await bootstrap('--xds-address', '[::1]:1')) as {
      xds_servers: readonly { server_uri: string }[];
    };
    assert.equal(xds_servers[0]?.server_uri, '[::1]:1');
  });
});
