import assert from 'node:assert/strict';
import { decodeEnvoyMessage, encodeEnvoyMessage } from '../proto/envoy-types.js';
import { CLUSTER, LISTENER, ResourceStore } from './index.js';
import { type ResourceJson, encodeJson, rejectedByEnvoy } from './json.js';

const CLUSTER_MESSAGE = 'envoy.config.cluster.v3.Cluster';
const type = (name: string): string => `type.googleapis.com/${name}`;
const loose = (json: object): ResourceJson<typeof CLUSTER_MESSAGE> => json;

/** A listener as `config_dump` prints it. */
function dumped(filter: object): ResourceJson<'envoy.config.listener.v3.Listener'> {
  const manager = type('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager');
  const router = { name: 'router', typed_config: { '@type': type('envoy.extensions.filters.http.router.v3.Router') } };
  const typed_config = {
    '@type': manager,
    stat_prefix: 'web',
    http_filters: [{ name: 'filter', typed_config: filter }, router],
  };
  const address = { socket_address: { address: '127.0.0.1', port_value: 80 } };
  return { '@type': LISTENER, name: 'web', address, filter_chains: [{ filters: [{ name: 'hcm', typed_config }] }] };
}

describe('encodeJson', () => {
  it('accepts the output of config_dump', () => {
    const json = {
      '@type': CLUSTER,
      name: 'web',
      connect_timeout: '0.250s',
      outlier_detection: { consecutive_5xx: 5 },
      metadata: { filter_metadata: { a_b: { c_d: 1 } } },
    };
    const plain = {
      name: 'web',
      connectTimeout: '0.250s',
      outlierDetection: { consecutive5xx: 5 },
      metadata: { filterMetadata: { a_b: { c_d: 1 } } },
    };
    assert.deepEqual(Buffer.from(encodeJson(CLUSTER, 'web', json).value), encodeEnvoyMessage(CLUSTER_MESSAGE, plain));
  });

  it('accepts durations and wrapped values as objects', () => {
    const json = loose({
      name: 'web',
      connectTimeout: { seconds: 1, nanos: 500_000_000 },
      perConnectionBufferLimitBytes: { value: 7 },
      cleanupInterval: { seconds: '2' },
    });
    const { value } = encodeJson(CLUSTER, 'web', json);
    assert.deepEqual(decodeEnvoyMessage(CLUSTER_MESSAGE, value), {
      name: 'web',
      connectTimeout: '1.500s',
      perConnectionBufferLimitBytes: 7,
      cleanupInterval: '2s',
    });
  });

  const extensions = {
    'envoy.extensions.filters.http.lua.v3.Lua': { default_source_code: { inline_string: '-- nothing' } },
    'envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication': {
      providers: { a: { issuer: 'b', remote_jwks: { http_uri: { uri: 'c', cluster: 'd', timeout: '1s' } } } },
    },
    'envoy.extensions.filters.http.ext_authz.v3.ExtAuthz': { failure_mode_allow: true },
    'envoy.extensions.filters.http.rbac.v3.RBAC': {
      rules: { action: 'DENY', policies: { a: { permissions: [{ any: true }], principals: [{ any: true }] } } },
    },
    'envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit': {
      stat_prefix: 'a',
      token_bucket: { max_tokens: 1, fill_interval: '1s' },
    },
    'envoy.extensions.filters.http.compressor.v3.Compressor': {
      compressor_library: {
        name: 'gzip',
        typed_config: { '@type': type('envoy.extensions.compression.gzip.compressor.v3.Gzip'), memory_level: 3 },
      },
    },
    'envoy.extensions.filters.http.wasm.v3.Wasm': {
      config: {
        vm_config: {
          runtime: 'envoy.wasm.runtime.v8',
          configuration: { '@type': type('google.protobuf.StringValue'), value: 'a' },
        },
      },
    },
    'envoy.extensions.filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder': {
      proto_descriptor: 'a',
      services: ['b'],
    },
    'envoy.extensions.filters.network.redis_proxy.v3.RedisProxy': { stat_prefix: 'a', settings: { op_timeout: '1s' } },
    'envoy.extensions.access_loggers.stream.v3.StdoutAccessLog': {
      log_format: { text_format_source: { inline_string: 'a' } },
    },
    'envoy.extensions.load_balancing_policies.maglev.v3.Maglev': { table_size: 7 },
    'envoy.extensions.transport_sockets.quic.v3.QuicUpstreamTransport': { upstream_tls_context: { sni: 'a' } },
  };
  for (const [name, config] of Object.entries(extensions)) {
    it(`supports ${name}`, () => {
      const { value } = encodeJson(LISTENER, 'web', dumped({ '@type': type(name), ...config }));
      assert.match(
        JSON.stringify(decodeEnvoyMessage('envoy.config.listener.v3.Listener', value)),
        new RegExp(`"@type":"type.googleapis.com/${name}","`),
      );
    });
  }

  it('supports resources that Lifeboat does not send', () => {
    const url = 'type.googleapis.com/envoy.service.runtime.v3.Runtime';
    const { value } = encodeJson(url, 'layer', { name: 'layer', layer: { a: 1 } });
    assert.deepEqual(decodeEnvoyMessage('envoy.service.runtime.v3.Runtime', value), { name: 'layer', layer: { a: 1 } });
  });

  const mistakes: readonly (readonly [string, () => unknown, string | RegExp])[] = [
    [
      'another name',
      () => encodeJson(CLUSTER, 'web', { name: 'api' }),
      'name: the message is called "api", and the resource "web"',
    ],
    ['no name', () => encodeJson(CLUSTER, 'web', {}), 'name: the message is called "", and the resource "web"'],
    [
      'another type',
      () => encodeJson(CLUSTER, 'web', loose({ '@type': LISTENER, name: 'web' })),
      /^@type: is ".*Listener", where envoy.config.cluster.v3.Cluster is expected$/,
    ],
    [
      'an unknown field',
      () =>
        encodeJson(LISTENER, 'web', dumped({ '@type': type('envoy.extensions.filters.http.lua.v3.Lua'), source: 1 })),
      'filterChains[0].filters[0].typedConfig.httpFilters[0].typedConfig.source: Lua has no such field',
    ],
    [
      'an unknown type',
      () => encodeJson(LISTENER, 'web', dumped({ '@type': 'type.googleapis.com/no.such.Filter' })),
      'filterChains[0].filters[0].typedConfig.httpFilters[0].typedConfig.@type: no message no.such.Filter is known',
    ],
    [
      'a wrong number',
      () => encodeJson(CLUSTER, 'web', loose({ name: 'web', outlier_detection: { max_ejection_percent: -1 } })),
      /^outlierDetection\.maxEjectionPercent: /,
    ],
    ['a wrong enum', () => encodeJson(CLUSTER, 'web', loose({ name: 'web', type: 'EDSX' })), /^type: /],
    [
      'a wrong value in a list',
      () => encodeJson(CLUSTER, 'web', loose({ name: 'web', health_checks: [{}, { timeout: 'soon' }] })),
      /^healthChecks\[1\]\.timeout: /,
    ],
    [
      'a wrong value in an Any',
      () =>
        encodeJson(
          LISTENER,
          'web',
          dumped({
            '@type': type('envoy.extensions.filters.http.lua.v3.Lua'),
            default_source_code: { inline_string: 1 },
          }),
        ),
      /^filterChains\[0\]\.filters\[0\]\.typedConfig\.httpFilters\[0\]\.typedConfig\.defaultSourceCode\.inlineString: /,
    ],
    [
      'a list where one is expected',
      () => encodeJson(CLUSTER, 'web', loose({ name: 'web', healthChecks: {} })),
      'healthChecks: must be a list, is {}',
    ],
    [
      'a field under both names',
      () => encodeJson(CLUSTER, 'web', loose({ name: 'web', connectTimeout: '1s', connect_timeout: '1s' })),
      'connectTimeout: is there twice, under both of its names',
    ],
  ];
  for (const [what, encode, message] of mistakes) {
    it(`rejects ${what} and names the field`, () => assert.throws(encode, { message }));
  }

  it('gives equal bytes for equal messages, with any order and names of their keys', () => {
    const one = encodeJson(
      CLUSTER,
      'web',
      loose({ connect_timeout: '1s', name: 'web', metadata: { filterMetadata: { b: {}, a: {} } } }),
    );
    const other = encodeJson(
      CLUSTER,
      'web',
      loose({ metadata: { filter_metadata: { a: {}, b: {} } }, name: 'web', connectTimeout: '1s' }),
    );
    assert.equal(one.version, other.version);
  });
});

describe('rejectedByEnvoy', () => {
  it('as the check of a store keeps the earlier version', () => {
    const store = new ResourceStore({ check: rejectedByEnvoy });
    const sound = encodeJson(CLUSTER, 'web', { name: 'web', connectTimeout: '1s' });
    const bad = encodeJson(CLUSTER, 'web', { name: 'web', connectTimeout: '0s' });
    store.put(sound);
    const message = `${CLUSTER} web: connectTimeout: must be greater than 0s, is 0s`;
    assert.throws(() => store.put(bad), { message });
    assert.throws(() => store.replace(CLUSTER, [encodeJson(CLUSTER, 'api', { name: 'api' }), bad]), { message });
    assert.deepEqual([store.names(CLUSTER), store.get(CLUSTER, 'web')], [['web'], sound]);
  });

  it('checks extensions too', () => {
    const bucket = {
      '@type': type('envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit'),
      stat_prefix: 'a',
      token_bucket: { max_tokens: 0, fill_interval: '1s' },
    };
    assert.equal(
      rejectedByEnvoy(encodeJson(LISTENER, 'web', dumped(bucket))),
      'filterChains[0].filters[0].typedConfig.httpFilters[0].typedConfig.tokenBucket.maxTokens: must be greater than 0, is 0',
    );
  });
});
