import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { fakeControlPlane } from '../testing/fake-control-plane.js';
import { runCommand, withAdmin } from '../testing/run-command.js';

async function bootstrap(...argv: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const { code, err, out } = await runCommand(['bootstrap', ...argv]);
  assert.deepEqual([code, err], [0, '']);
  return parse(out) as Readonly<Record<string, unknown>>;
}

describe('lifeboat bootstrap', () => {
  it('says who the Envoy is', async () => {
    const flags = [
      '--locality',
      'r1/z1/s1',
      '--cluster',
      'mgmt',
      '--namespace',
      'bookinfo',
      '--role',
      'gateway',
      '--labels',
      'app=a,on=yes',
    ];
    const listen = [
      '--listen-address',
      '127.0.0.9',
      '--listen-port-offset',
      '1000',
      '--metadata',
      'MESH=m.n',
      '--metadata',
      'ROLE=sidecar',
    ];
    assert.deepEqual((await bootstrap('--node-id', 'e1', ...flags, ...listen))['node'], {
      id: 'e1',
      cluster: 'mgmt',
      locality: { region: 'r1', zone: 'z1', sub_zone: 's1' },
      metadata: {
        MESH: 'm.n',
        ROLE: 'gateway',
        CLUSTER_ID: 'mgmt',
        NAMESPACE: 'bookinfo',
        LABELS: { app: 'a', on: 'yes' },
        LISTEN_ADDRESS: '127.0.0.9',
        LISTEN_PORT_OFFSET: 1000,
      },
    });
  });

  it('says no more than it was told', async () => {
    assert.deepEqual((await bootstrap('--node-id', 'e1'))['node'], { id: 'e1', cluster: 'unknown' });
  });

  it('asks for listeners and clusters by ADS, at once', async () => {
    const viaAds = { ads: {}, resource_api_version: 'V3', initial_fetch_timeout: '0s' };
    const grpc = { transport_api_version: 'V3', grpc_services: [{ envoy_grpc: { cluster_name: 'xds_cluster' } }] };
    const content = await bootstrap('--node-id', 'e1');
    assert.deepEqual(content['dynamic_resources'], {
      ads_config: { api_type: 'GRPC', ...grpc, set_node_on_first_message_only: true },
      lds_config: viaAds,
      cds_config: viaAds,
    });
    assert.deepEqual(content['cluster_manager'], { load_stats_config: { api_type: 'GRPC', ...grpc } });
  });

  it('finds a dead control plane within 40 s', async () => {
    const { static_resources } = (await bootstrap('--node-id', 'e1')) as {
      static_resources: { clusters: readonly Cluster[] };
    };
    const [cluster] = static_resources.clusters;
    const options = Object.values(cluster?.typed_extension_protocol_options ?? {})[0];
    const { interval, interval_jitter, timeout } =
      options?.explicit_http_config.http2_protocol_options.connection_keepalive ?? assert.fail();
    assert.ok(parseFloat(interval) * (1 + interval_jitter.value / 100) + parseFloat(timeout) < 40);
  });

  it('connects to the address given, by DNS where it is a name', async () => {
    const clusterOf = async (address: string) => {
      const content = (await bootstrap('--node-id', 'e1', '--xds-address', address)) as {
        static_resources: { clusters: readonly Cluster[] };
      };
      const [cluster] = content.static_resources.clusters;
      return [cluster?.type, cluster?.load_assignment.endpoints[0]?.lb_endpoints[0]?.endpoint.address.socket_address];
    };
    assert.deepEqual(await clusterOf('10.0.0.1:1'), ['STATIC', { address: '10.0.0.1', port_value: 1 }]);
    assert.deepEqual(await clusterOf('[::1]:1'), ['STATIC', { address: '::1', port_value: 1 }]);
    assert.deepEqual(await clusterOf('lifeboat.example:1'), [
      'STRICT_DNS',
      { address: 'lifeboat.example', port_value: 1 },
    ]);
  });

  it('prints the same as JSON', async () => {
    const { out } = await runCommand(['bootstrap', '--node-id', 'e1', '--delta', '-o', 'json']);
    assert.deepEqual(JSON.parse(out), await bootstrap('--node-id', 'e1', '--delta'));
  });
});

describe('lifeboat bootstrap --hosts', () => {
  const controlPlane = fakeControlPlane({ hostnames: ['a.global', 'b.global'] });
  const services = { load: async () => controlPlane };
  const hosts = async (...argv: readonly string[]) =>
    (await runCommand(['bootstrap', '--hosts', '--config', '/', ...argv], { services })).out;

  it('leads the failover hostnames to the listen address', async () => {
    assert.equal(await hosts(), '127.0.0.1 a.global\n127.0.0.1 b.global\n');
    assert.equal(await hosts('--listen-address', '127.0.0.7'), '127.0.0.7 a.global\n127.0.0.7 b.global\n');
  });

  it('leads to loopback where the listeners bind every address', async () => {
    assert.match(await hosts('--role', 'gateway'), /^127\.0\.0\.1 a/);
    assert.match(await hosts('--listen-address', '::'), /^::1 a/);
  });

  it('asks a server', async () => {
    await withAdmin(controlPlane, async (url) => {
      const { code, out } = await runCommand(['bootstrap', '--hosts', '--server', url]);
      assert.deepEqual([code, out], [0, '127.0.0.1 a.global\n127.0.0.1 b.global\n']);
    });
  });

  it('says when there are none', async () => {
    const { code, err, out } = await runCommand(['bootstrap', '--hosts', '--config', '/']);
    assert.deepEqual([code, err, out], [0, 'There are no failover hostnames.\n', '']);
  });
});

interface Cluster {
  readonly type: string;
  readonly typed_extension_protocol_options: Readonly<Record<string, ProtocolOptions>>;
  readonly load_assignment: {
    readonly endpoints: readonly {
      readonly lb_endpoints: readonly {
        readonly endpoint: { readonly address: { readonly socket_address: unknown } };
      }[];
    }[];
  };
}

interface ProtocolOptions {
  readonly explicit_http_config: {
    readonly http2_protocol_options: {
      readonly connection_keepalive: {
        readonly interval: string;
        readonly interval_jitter: { readonly value: number };
        readonly timeout: string;
      };
    };
  };
}
