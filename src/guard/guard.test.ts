import assert from 'node:assert/strict';
import type { EnvoyMessages } from '../generated/envoy.js';
import { type EnvoyMessageName, encodeEnvoyMessage, packAny } from '../proto/envoy-types.js';
import { formatRejection, rejectionOf } from './index.js';
import { messageRules } from './message-rules.js';

function rejection<Name extends EnvoyMessageName>(name: Name, json: EnvoyMessages[Name]): string | undefined {
  return rejectionText(name, encodeEnvoyMessage(name, json));
}

function rejectionText(name: EnvoyMessageName, bytes: Buffer): string | undefined {
  const found = rejectionOf(name, bytes);
  return found && formatRejection(found);
}

const host = { name: 'a', domains: ['a'] };
const route = (headers: object): EnvoyMessages['envoy.config.route.v3.Route'] => ({
  match: { prefix: '/' },
  directResponse: { status: 200 },
  ...headers,
});
const endpoint = (address: string, portValue = 80): object => ({
  endpoint: { address: { socketAddress: { address, portValue } } },
});

describe('the guard', () => {
  const cases: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ['an empty name', rejection('envoy.config.cluster.v3.Cluster', {}), 'name: must not be empty'],
    ['a sound cluster', rejection('envoy.config.cluster.v3.Cluster', { name: 'a', connectTimeout: '1s' }), undefined],
    [
      'a duration of nothing',
      rejection('envoy.config.cluster.v3.Cluster', { name: 'a', connectTimeout: '0s' }),
      'connectTimeout: must be greater than 0s, is 0s',
    ],
    [
      'a negative duration',
      rejection('envoy.config.cluster.v3.Cluster', { name: 'a', cleanupInterval: '-1s' }),
      'cleanupInterval: is out of range',
    ],
    [
      'a percentage',
      rejection('envoy.config.cluster.v3.Cluster', { name: 'a', outlierDetection: { maxEjectionPercent: 101 } }),
      'outlierDetection.maxEjectionPercent: must be at most 100, is 101',
    ],
    [
      'EDS without its source',
      rejection('envoy.config.cluster.v3.Cluster', { name: 'a', type: 'EDS' }),
      'edsClusterConfig: is missing',
    ],
    [
      'an aggregate of itself',
      rejection('envoy.config.cluster.v3.Cluster', aggregate(['b', 'a'])),
      'clusterType.typedConfig.clusters: "a" cannot be a member of a',
    ],
    [
      'an aggregate of nothing',
      rejection('envoy.config.cluster.v3.Cluster', aggregate([])),
      'clusterType.typedConfig.clusters: must not be empty',
    ],
    [
      'a domain twice',
      rejection('envoy.config.route.v3.VirtualHost', { name: 'a', domains: ['a', 'A'] }),
      'domains: A is there twice',
    ],
    [
      'a domain in two hosts',
      rejection('envoy.config.route.v3.RouteConfiguration', {
        virtualHosts: [host, { name: 'b', domains: ['b', 'a'] }],
      }),
      'virtualHosts[1].domains: a is there twice',
    ],
    [
      'an expression',
      rejection('envoy.config.route.v3.RouteConfiguration', {
        virtualHosts: [{ ...host, routes: [route({}), route({ match: { safeRegex: { regex: '(?=a)' } } })] }],
      }),
      'virtualHosts[0].routes[1].match.safeRegex.regex: it has (?=, which RE2 does not know: there is no looking ahead or behind',
    ],
    [
      'a route without an action',
      rejection('envoy.config.route.v3.Route', { match: { prefix: '/' } }),
      'has none of the fields of which it must have one',
    ],
    [
      'a status',
      rejection('envoy.config.route.v3.Route', { match: { prefix: '/' }, directResponse: { status: 99 } }),
      'directResponse.status: must be at least 200, is 99',
    ],
    [
      'a header that says where a request goes',
      rejection('envoy.config.route.v3.Route', route({ requestHeadersToRemove: ['a', 'Host'] })),
      'requestHeadersToRemove: Host may not be removed',
    ],
    [
      'a header of two lines',
      rejection(
        'envoy.config.route.v3.Route',
        route({ requestHeadersToAdd: [{ header: { key: 'a', value: 'b\nc' } }] }),
      ),
      'requestHeadersToAdd[0].header.value: has characters that are not allowed: "b\\nc"',
    ],
    [
      'a percent sign',
      rejection(
        'envoy.config.route.v3.Route',
        route({ requestHeadersToAdd: [{ header: { key: 'a', value: '100%' } }] }),
      ),
      'requestHeadersToAdd[0].header.value: has a % that does not begin a variable. Write %%',
    ],
    [
      'variables',
      rejection(
        'envoy.config.route.v3.Route',
        route({ requestHeadersToAdd: [{ header: { key: 'a', value: '%REQ(x?y):9% 1%% %HOSTNAME%' } }] }),
      ),
      undefined,
    ],
    [
      'weights',
      rejection('envoy.config.route.v3.WeightedCluster', {
        clusters: [
          { name: 'a', weight: 4294967295 },
          { name: 'b', weight: 1 },
        ],
      }),
      'clusters: the weights add up to 4294967296, which is more than 4294967295',
    ],
    [
      'no weights',
      rejection('envoy.config.route.v3.WeightedCluster', { clusters: [{ name: 'a', weight: 0 }] }),
      'clusters: the weights add up to 0',
    ],
    [
      'a listener at a name',
      rejection('envoy.config.listener.v3.Listener', {
        address: { socketAddress: { address: 'localhost', portValue: 1 } },
      }),
      'address.socketAddress.address: localhost is not an IP address',
    ],
    [
      'a port',
      rejection('envoy.config.listener.v3.Listener', {
        address: { socketAddress: { address: '::1', portValue: 65536 } },
      }),
      'address.socketAddress.portValue: must be at most 65535, is 65536',
    ],
    [
      'a server name',
      rejection('envoy.config.listener.v3.Listener', chains(['a*.b'])),
      'filterChains[0].filterChainMatch: a*.b: a server name takes only a whole first label as a wildcard',
    ],
    [
      'a server name twice',
      rejection('envoy.config.listener.v3.Listener', chains(['*.b', 'c'], ['C'])),
      'filterChains[1].filterChainMatch: C is also in another chain',
    ],
    [
      'a chain twice',
      rejection('envoy.config.listener.v3.Listener', chains([], [])),
      'filterChains[1].filterChainMatch: another chain has the same match',
    ],
    [
      'what is packed',
      rejection('envoy.config.listener.v3.Filter', {
        name: 'a',
        typedConfig: packAny('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', { cluster: 'a' }),
      }),
      'typedConfig.statPrefix: must not be empty',
    ],
    [
      'a hostname by EDS',
      rejection(
        'envoy.config.endpoint.v3.ClusterLoadAssignment',
        assignment({ lbEndpoints: [endpoint('10.0.0.1'), endpoint('db.example')] }),
      ),
      'endpoints[0].lbEndpoints[1].endpoint.address: "db.example" is not an IP address',
    ],
    [
      'a priority after none',
      rejection('envoy.config.endpoint.v3.ClusterLoadAssignment', assignment({ priority: 1 })),
      'endpoints: priority 1 follows on none',
    ],
    [
      'a priority too many',
      rejection('envoy.config.endpoint.v3.ClusterLoadAssignment', assignment({ priority: 129 })),
      'endpoints[0].priority: must be at most 128, is 129',
    ],
    [
      'weights of localities',
      rejection(
        'envoy.config.endpoint.v3.ClusterLoadAssignment',
        assignment({ loadBalancingWeight: 4294967295 }, { loadBalancingWeight: 1 }),
      ),
      'endpoints: the weights at priority 0 add up to 4294967296, which is more than 4294967295',
    ],
    [
      'half a character',
      rejectionText('envoy.config.endpoint.v3.ClusterLoadAssignment', Buffer.from([0x0a, 3, 0xed, 0xa0, 0x80])),
      'clusterName: is not UTF-8',
    ],
    [
      'an unknown number',
      rejection('envoy.config.cluster.v3.Cluster', { name: 'a', lbPolicy: 77 as unknown as 'RANDOM' }),
      'lbPolicy: has no value 77',
    ],
    [
      'too many of something',
      rejection('envoy.config.route.v3.VirtualHost', {
        ...host,
        requestHeadersToAdd: Array.from({ length: 1001 }, () => ({ header: { key: 'a', value: 'b' } })),
      }),
      'requestHeadersToAdd: number of items must be at most 1000, is 1001',
    ],
  ];
  for (const [what, found, expected] of cases) it(`checks ${what}`, () => assert.equal(found, expected));

  it('compiles the rules of every message', () => {
    for (const name of Object.keys(messageRules())) assert.doesNotThrow(() => rejectionOf(name, Buffer.alloc(0)), name);
  });

  it('rejects bytes that are not a message', () => {
    assert.deepEqual(rejectionOf('envoy.config.cluster.v3.Cluster', Buffer.from([0x0a, 0x7f])), {
      path: '',
      problem: 'is not a valid message: field 1 is cut off',
    });
  });
});

function aggregate(clusters: readonly string[]): EnvoyMessages['envoy.config.cluster.v3.Cluster'] {
  const typedConfig = packAny('envoy.extensions.clusters.aggregate.v3.ClusterConfig', { clusters });
  return { name: 'a', clusterType: { name: 'envoy.clusters.aggregate', typedConfig } };
}

function chains(...names: readonly (readonly string[])[]): EnvoyMessages['envoy.config.listener.v3.Listener'] {
  return { name: 'a', filterChains: names.map((serverNames) => ({ filterChainMatch: { serverNames } })) };
}

function assignment(...endpoints: readonly object[]): EnvoyMessages['envoy.config.endpoint.v3.ClusterLoadAssignment'] {
  return { clusterName: 'a', endpoints };
}
