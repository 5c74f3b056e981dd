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
  it('contains the node of the Envoy', async () => {
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

  it('contains only the given values', async () => {
    assert.deepEqual((await bootstrap('--node-id', 'e1'))['node'], { id: 'e1', cluster: 'unknown' });
  });

  it('requests listeners and clusters by ADS, from the start', async () => {
    const viaAds = { ads: {}, resource_api_version: 'V3', initial_fetch_timeout: '0s' };
    const grpc = { transport_api_version: 'V3', grpc_services: [{ envoy_grpc: { cluster_name: 'xds_cluster' } }] };
    const content = await bootstrap('--node-id', 'e1');
    assert.deepEqual(content['dynamic_resources'], {
      ads_config: { api_type: 'DELTA_GRPC', ...grpc, set_node_on_first_message_only: true },
      lds_config: viaAds,
      cds_config: viaAds,
    });
    assert.deepEqual(content['cluster_manager'], { load_stats_config: { api_type: 'GRPC', ...grpc } });
  });

  it('uses state-of-the-world xDS on request', async () => {
    const { dynamic_resources } = (await bootstrap('--node-id', 'e1', '--sotw')) as {
      readonly dynamic_resources: { readonly ads_config: { readonly api_type: string } };
    };
    assert.equal(dynamic_resources.ads_config.api_type, 'GRPC');
  });

  it('promise 21: detects a dead control plane within 40 s', async () => {
    const { static_resources } = (await bootstrap('--node-id', 'e1')) as {
      static_resources: { clusters: readonly Cluster[] };
    };
    const [cluster] = static_resources.clusters;
    const options = Object.values(cluster?.typed_extension_protocol_options ?? {})[0];
    const { interval, interval_jitter, timeout } =
      options?.explicit_http_config.http2_protocol_options.connection_keepalive ?? assert.fail();
    assert.ok(parseFloat(interval) * (1 + interval_jitter.value / 100) + parseFloat(timeout) < 40);
  });

  it('connects to the given address, by DNS for a name', async () => {
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

  it('tries several addresses in order, and the next one after one failure', async () => {
    const addresses = ['10.0.0.1:1', '10.0.0.2:2', 'lifeboat.example:3'].flatMap((address) => [
      '--xds-address',
      address,
    ]);
    const content = (await bootstrap('--node-id', 'e1', ...addresses)) as unknown as {
      static_resources: { clusters: readonly Cluster[] };
    };
    const [cluster] = content.static_resources.clusters;
    assert.equal(cluster?.type, 'STRICT_DNS');
    const order = cluster.load_assignment.endpoints.map(({ priority, lb_endpoints }) => [
      priority ?? 0,
      lb_endpoints.map(({ endpoint }) => endpoint.address.socket_address.port_value),
    ]);
    assert.deepEqual(order, [
      [0, [1]],
      [1, [2]],
      [2, [3]],
    ]);
    assert.equal(cluster.outlier_detection?.consecutive_5xx, 1);
  });

  it('never ejects a single control plane', async () => {
    const content = (await bootstrap('--node-id', 'e1')) as unknown as {
      static_resources: { clusters: readonly Cluster[] };
    };
    assert.equal(content.static_resources.clusters[0]?.outlier_detection, undefined);
  });

  describe('with TLS', () => {
    const tls = async (...argv: readonly string[]) => {
      const content = (await bootstrap('--node-id', 'e1', ...argv)) as unknown as {
        static_resources: { clusters: readonly Cluster[] };
      };
      return content.static_resources.clusters[0]?.transport_socket?.typed_config;
    };

    it('verifies that the certificate of the control plane has its host', async () => {
      const { sni, common_tls_context } =
        (await tls('--tls-ca', 'ca.pem', '--xds-address', 'lb.example:1')) ?? assert.fail();
      assert.equal(sni, 'lb.example');
      assert.deepEqual(common_tls_context, {
        validation_context: {
          trusted_ca: { filename: 'ca.pem' },
          match_typed_subject_alt_names: [{ san_type: 'DNS', matcher: { exact: 'lb.example' } }],
        },
        alpn_protocols: ['h2'],
      });
    });

    it('sends its own certificate, and a server name', async () => {
      const files = ['--tls-ca', 'ca.pem', '--tls-cert', 'c.pem', '--tls-key', 'k.pem'];
      const { sni, common_tls_context } = (await tls(...files, '--tls-server-name', 'lb.internal')) ?? assert.fail();
      assert.equal(sni, 'lb.internal');
      assert.deepEqual(common_tls_context['tls_certificates'], [
        { certificate_chain: { filename: 'c.pem' }, private_key: { filename: 'k.pem' } },
      ]);
    });

    it('sends no server name to an IP address, and accepts the certificate of any of several addresses', async () => {
      const { sni, common_tls_context } =
        (await tls('--tls-ca', 'ca.pem', '--xds-address', '10.0.0.1:1', '--xds-address', '[::1]:1')) ?? assert.fail();
      assert.equal(sni, undefined);
      assert.deepEqual(
        (common_tls_context['validation_context'] as { match_typed_subject_alt_names: unknown })
          .match_typed_subject_alt_names,
        [
          { san_type: 'IP_ADDRESS', matcher: { exact: '10.0.0.1' } },
          { san_type: 'IP_ADDRESS', matcher: { exact: '::1' } },
        ],
      );
    });

    it('does not use the certificate of a server as its own', async () => {
      const env = { LIFEBOAT_TLS_CERT: 'server.pem', LIFEBOAT_TLS_KEY: 'server-key.pem' };
      const { code, out } = await runCommand(['bootstrap', '--node-id', 'e1'], { env });
      assert.equal(code, 0);
      assert.doesNotMatch(out, /server/);
    });
  });

  const wrong: Readonly<Record<string, string>> = {
    '--tls-cert c.pem': '--tls-cert needs --tls-ca, with which the Envoy verifies the control plane.',
    '--tls-ca ca.pem --tls-cert c.pem': 'Give --tls-cert and --tls-key together.',
    '--xds-address a:1 --xds-address a:1': '--xds-address a:1 is given more than once.',
    '--xds-address 127.0.0.1:0': '--xds-address 127.0.0.1:0: an Envoy cannot connect to port 0.',
    '--xds-address 127.0.0.1':
      '--xds-address 127.0.0.1: must be HOST:PORT or [IPV6]:PORT, with a port of at most 65535.',
    '--listen-address localhost': '--listen-address localhost: must be an IP address.',
    '--listen-port-offset 1e3': '--listen-port-offset 1e3: must be a whole number between -65535 and 65535.',
    '--tcp-user-timeout soon':
      '--tcp-user-timeout soon: must be milliseconds, or a duration such as 3s, or 0 for none.',
    '--xff-num-trusted-hops -1': '--xff-num-trusted-hops -1: must be a whole number between 0 and 255.',
    '--grpc --tls-ca ca.pem --tls-server-name a':
      '--tls-server-name cannot be used with --grpc: gRPC uses the host of --xds-address.',
  };
  for (const [flags, sentence] of Object.entries(wrong)) {
    it(`rejects ${flags}`, async () => {
      const result = await runCommand(['bootstrap', '--node-id', 'e1', ...flags.split(' ')]);
      assert.deepEqual(result, { code: 2, out: '', err: `error: ${sentence}\n` });
    });
  }

  it('warns of metadata that is never read', async () => {
    const { code, err } = await runCommand([
      'bootstrap',
      '--node-id',
      'e1',
      '--metadata',
      'ROEL=gateway',
      '--metadata',
      'INTERCEPTION=TPROXY',
    ]);
    assert.equal(code, 0);
    assert.deepEqual(err.split('\n'), [
      'warning: InvalidNodeMetadata node.metadata.INTERCEPTION is "TPROXY" and has no effect: it must be NONE or REDIRECT.',
      'warning: UnknownNodeMetadata node.metadata has the entry "ROEL", which Lifeboat does not know. Did you mean "ROLE"?',
      '',
    ]);
  });

  it('has the same content as JSON', async () => {
    const { out } = await runCommand(['bootstrap', '--node-id', 'e1', '-o', 'json']);
    assert.deepEqual(JSON.parse(out), await bootstrap('--node-id', 'e1'));
  });
});

describe('lifeboat bootstrap --hosts', () => {
  const controlPlane = fakeControlPlane({ hostnames: ['a.global', 'b.global'] });
  const ports = { load: async () => controlPlane };
  const hosts = async (...argv: readonly string[]) =>
    (await runCommand(['bootstrap', '--hosts', '--config', '/', ...argv], { ports })).out;

  it('maps the failover hostnames to the listen address', async () => {
    assert.equal(await hosts(), '127.0.0.1 a.global\n127.0.0.1 b.global\n');
    assert.equal(await hosts('--listen-address', '127.0.0.7'), '127.0.0.7 a.global\n127.0.0.7 b.global\n');
  });

  it('maps them to loopback if the listeners bind every address', async () => {
    assert.match(await hosts('--role', 'gateway'), /^127\.0\.0\.1 a/);
    assert.match(await hosts('--listen-address', '::'), /^::1 a/);
  });

  it('asks a server', async () => {
    await withAdmin(controlPlane, async (url) => {
      const { code, out } = await runCommand(['bootstrap', '--hosts', '--server', url]);
      assert.deepEqual([code, out], [0, '127.0.0.1 a.global\n127.0.0.1 b.global\n']);
    });
  });

  it('reports that there are none', async () => {
    const { code, err, out } = await runCommand(['bootstrap', '--hosts', '--config', '/']);
    assert.deepEqual([code, err, out], [0, 'There are no failover hostnames.\n', '']);
  });
});

interface Cluster {
  readonly type: string;
  readonly outlier_detection?: { readonly consecutive_5xx: number };
  readonly transport_socket?: {
    readonly typed_config: { readonly sni?: string; readonly common_tls_context: Readonly<Record<string, unknown>> };
  };
  readonly typed_extension_protocol_options: Readonly<Record<string, ProtocolOptions>>;
  readonly load_assignment: {
    readonly endpoints: readonly {
      readonly priority?: number;
      readonly lb_endpoints: readonly {
        readonly endpoint: { readonly address: { readonly socket_address: { readonly port_value: number } } };
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
