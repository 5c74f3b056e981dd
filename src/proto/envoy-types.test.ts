import assert from 'node:assert/strict';
import protobuf from 'protobufjs';
import type { Cluster, Listener } from '../generated/envoy.js';
import {
  decodeEnvoyMessage,
  decodeEnvoyMessageInSteps,
  encodeEnvoyMessage,
  envoyService,
  envoyType,
  packAny,
  typeUrl,
} from './envoy-types.js';

const cluster: Cluster = {
  name: 'reviews|9080',
  type: 'EDS',
  edsClusterConfig: { edsConfig: { ads: {}, resourceApiVersion: 'V3' }, serviceName: 'reviews|9080' },
  connectTimeout: '1s',
  typedExtensionProtocolOptions: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': packAny(
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
      {
        explicitHttpConfig: { http2ProtocolOptions: {} },
      },
    ),
  },
  outlierDetection: {
    consecutive5xx: 5,
    interval: '10s',
    baseEjectionTime: '1.500s',
    maxEjectionPercent: 100,
    enforcingSuccessRate: 0,
    consecutiveGatewayFailure: 5,
    enforcingConsecutiveGatewayFailure: 100,
  },
  commonLbConfig: { healthyPanicThreshold: { value: 1 }, updateMergeWindow: '0s' },
};

const listener: Listener = {
  name: '9080',
  address: { socketAddress: { address: '127.0.0.1', portValue: 9080 } },
  filterChains: [
    {
      filters: [
        {
          name: 'envoy.filters.network.http_connection_manager',
          typedConfig: packAny('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
            statPrefix: '9080',
            rds: { configSource: { ads: {}, resourceApiVersion: 'V3' }, routeConfigName: '9080' },
            httpFilters: [
              {
                name: 'envoy.filters.http.router',
                typedConfig: packAny('envoy.extensions.filters.http.router.v3.Router', {}),
              },
            ],
          }),
        },
      ],
    },
  ],
};

describe("Envoy's message types", () => {
  it('encode and decode a cluster with extension options', () => {
    assert.deepEqual(
      decodeEnvoyMessage(
        'envoy.config.cluster.v3.Cluster',
        encodeEnvoyMessage('envoy.config.cluster.v3.Cluster', cluster),
      ),
      cluster,
    );
  });

  it('encode and decode an HTTP connection manager inside a listener', () => {
    const bytes = encodeEnvoyMessage('envoy.config.listener.v3.Listener', listener);
    assert.deepEqual(decodeEnvoyMessage('envoy.config.listener.v3.Listener', bytes), listener);
  });

  it('have the field names of proto JSON', () => {
    assert.equal(envoyType('envoy.config.cluster.v3.OutlierDetection').fields['consecutive5xx']?.id, 1);
    assert.equal(envoyType('envoy.config.cluster.v3.Cluster').fields['edsClusterConfig']?.id, 3);
  });

  it('encode backoff_options of the TCP proxy as field 18', () => {
    const bytes = encodeEnvoyMessage('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', {
      backoffOptions: { baseInterval: '0.025s' },
    });
    assert.deepEqual(bytes, backoffOf25Milliseconds());
  });

  it('give the same bytes for any order of keys', () => {
    const node = { id: 'a', metadata: { x: 1, y: { b: 'b', a: [true, null] } } };
    const turned = { metadata: { y: { a: [true, null], b: 'b' }, x: 1 }, id: 'a' };
    assert.deepEqual(
      encodeEnvoyMessage('envoy.config.core.v3.Node', node),
      encodeEnvoyMessage('envoy.config.core.v3.Node', turned),
    );
  });

  it('omit default values, empty lists and empty maps', () => {
    const bytes = encodeEnvoyMessage('envoy.config.cluster.v3.Cluster', {
      name: '',
      type: 'STATIC',
      typedExtensionProtocolOptions: {},
      healthChecks: [],
    });
    assert.deepEqual(decodeEnvoyMessage('envoy.config.cluster.v3.Cluster', bytes), { type: 'STATIC' });
    const endpoint = encodeEnvoyMessage('envoy.config.endpoint.v3.LbEndpoint', {
      healthStatus: 'UNKNOWN',
      loadBalancingWeight: 0,
    });
    assert.deepEqual(decodeEnvoyMessage('envoy.config.endpoint.v3.LbEndpoint', endpoint), { loadBalancingWeight: 0 });
  });

  it('print durations, 64-bit integers, bytes and enums as proto JSON does', () => {
    const stats = {
      clusterName: 'a',
      totalDroppedRequests: 12345678901234,
      loadReportInterval: '10.000000001s',
    } as const;
    const bytes = encodeEnvoyMessage('envoy.config.endpoint.v3.ClusterStats', stats);
    assert.deepEqual(decodeEnvoyMessage('envoy.config.endpoint.v3.ClusterStats', bytes), {
      ...stats,
      totalDroppedRequests: '12345678901234',
    });
    const source = { inlineBytes: 'AAH+/w==' };
    assert.deepEqual(
      decodeEnvoyMessage(
        'envoy.config.core.v3.DataSource',
        encodeEnvoyMessage('envoy.config.core.v3.DataSource', source),
      ),
      source,
    );
  });

  it('reject values that a message cannot hold', () => {
    const encode = (json: unknown) => () => encodeEnvoyMessage('envoy.config.cluster.v3.Cluster', json as Cluster);
    assert.throws(encode({ nmae: 'a' }), /Cluster: unknown field: "nmae"/);
    for (const wrong of [
      { type: 'EDSX' },
      { connectTimeout: '5' },
      { maxRequestsPerConnection: -1 },
      { healthChecks: {} },
    ]) {
      assert.throws(encode(wrong), Error, JSON.stringify(wrong));
    }
  });

  it('include services and type URLs', () => {
    const { methods } = envoyService('envoy.service.discovery.v3.AggregatedDiscoveryService');
    assert.deepEqual(Object.keys(methods), ['StreamAggregatedResources', 'DeltaAggregatedResources']);
    assert.equal(methods['StreamAggregatedResources']?.requestStream, true);
    assert.equal(typeUrl('envoy.config.cluster.v3.Cluster'), 'type.googleapis.com/envoy.config.cluster.v3.Cluster');
  });
});

describe('messages that are decoded in steps', () => {
  /** The result, and the number of steps. */
  function inSteps(bytes: Buffer): readonly [unknown, number] {
    const steps = decodeEnvoyMessageInSteps('envoy.config.route.v3.RouteConfiguration', bytes);
    for (let count = 0; ; count += 1) {
      const step = steps.next();
      if (step.done === true) return [step.value, count];
    }
  }

  for (const hosts of [0, 1, 2_000])
    it(`are the same as in one step (${hosts} virtual hosts)`, () => {
      const bytes = encodeEnvoyMessage('envoy.config.route.v3.RouteConfiguration', {
        name: '9080',
        virtualHosts: Array.from({ length: hosts }, (_, index) => ({
          name: `host-${index}`,
          domains: [`host-${index}.example`, `host-${index}.example:9080`],
          routes: [{ match: { prefix: '/' }, route: { cluster: `cluster-${index}`, timeout: '0s' } }],
        })),
      });
      const [result, steps] = inSteps(bytes);
      const whole = decodeEnvoyMessage('envoy.config.route.v3.RouteConfiguration', bytes);
      assert.equal(JSON.stringify(result), JSON.stringify(whole));
      assert.ok(steps >= Math.floor(bytes.length / 20_000), String(steps));
    });

  it('may be empty, and are refused if they are cut off', () => {
    assert.deepEqual(inSteps(Buffer.alloc(0)), [{}, 0]);
    assert.throws(() => inSteps(Buffer.from('0a05', 'hex')), { name: 'WireError' });
  });
});

/** Encodes a TcpProxy with only `backoff_options.base_interval` of 25 ms, tag by tag. */
function backoffOf25Milliseconds(): Buffer {
  const duration = protobuf.Writer.create()
    .uint32(2 << 3)
    .int32(25_000_000)
    .finish();
  const backoff = protobuf.Writer.create()
    .uint32((1 << 3) | 2)
    .bytes(duration)
    .finish();
  return Buffer.from(
    protobuf.Writer.create()
      .uint32((18 << 3) | 2)
      .bytes(backoff)
      .finish(),
  );
}
