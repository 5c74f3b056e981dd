import assert from 'node:assert/strict';
import { encodeEnvoyMessage as toBytes } from '../../proto/envoy-types.js';
import type { Any, Cluster, Listener, RouteConfiguration } from '../../generated/envoy.js';
import { referencesOf } from './references.js';
import { encodeResource } from './resource.js';
import {
  CLUSTER,
  CLUSTER_LOAD_ASSIGNMENT,
  LISTENER,
  ROUTE_CONFIGURATION,
  SCOPED_ROUTE_CONFIGURATION,
  VIRTUAL_HOST,
} from '../protocol/type-urls.js';

const ads = { ads: {}, resourceApiVersion: 'V3' } as const;
const HCM = 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const TCP = 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy';

const routes: RouteConfiguration = {
  name: 'r',
  virtualHosts: [
    {
      name: 'v',
      domains: ['*'],
      routes: [
        { match: { prefix: '/a' }, route: { cluster: 'a' } },
        {
          match: { prefix: '/b' },
          route: {
            weightedClusters: {
              clusters: [
                { name: 'b', weight: 1 },
                { name: 'a', weight: 2 },
              ],
            },
          },
        },
        { match: { prefix: '/c' }, route: { clusterHeader: 'x-cluster' } },
        { match: { prefix: '/d' }, redirect: { pathRedirect: '/e' } },
      ],
    },
    { name: 'w', domains: ['w'], routes: [{ match: { prefix: '/' }, route: { cluster: 'c' } }] },
  ],
};

function filter(typedConfig: Any): object {
  return { filters: [{ name: 'f', typedConfig }] };
}

const listener: Listener = {
  name: 'l',
  filterChains: [
    filter({ '@type': HCM, statPrefix: 's', routeConfig: routes }),
    filter({ '@type': HCM, statPrefix: 's', rds: { routeConfigName: 'r', configSource: ads } }),
    filter({ '@type': TCP, statPrefix: 's', cluster: 'd' }),
  ],
  defaultFilterChain: filter({
    '@type': TCP,
    statPrefix: 's',
    weightedClusters: {
      clusters: [
        { name: 'd', weight: 1 },
        { name: 'e', weight: 1 },
      ],
    },
  }),
};

describe('the references', () => {
  const clusters: readonly [string, Cluster, string | undefined][] = [
    ['its own name', { name: 'a', type: 'EDS', edsClusterConfig: { edsConfig: ads } }, 'a'],
    ['its service name', { name: 'a', type: 'EDS', edsClusterConfig: { edsConfig: ads, serviceName: 's' } }, 's'],
    ['nothing, if it is not discovered', { name: 'a', type: 'STRICT_DNS' }, undefined],
  ];
  for (const [what, message, endpoints] of clusters) {
    it(`of a cluster: ${what}`, () => {
      const value = toBytes('envoy.config.cluster.v3.Cluster', message);
      assert.deepEqual(referencesOf(CLUSTER, value), { endpoints, clusters: [] });
    });
  }

  it('of routes are their clusters, without duplicates', () => {
    const value = toBytes('envoy.config.route.v3.RouteConfiguration', routes);
    assert.deepEqual(referencesOf(ROUTE_CONFIGURATION, value).clusters.toSorted(), ['a', 'b', 'c']);
  });

  it('of a virtual host are the clusters of its routes', () => {
    const value = toBytes('envoy.config.route.v3.VirtualHost', routes.virtualHosts?.[0] ?? {});
    assert.deepEqual(referencesOf(VIRTUAL_HOST, value).clusters.toSorted(), ['a', 'b']);
  });

  it('of scoped routes are those of inline routes', () => {
    const inline = toBytes('envoy.config.route.v3.RouteConfiguration', routes);
    const length = Buffer.from([(inline.length & 0x7f) | 0x80, inline.length >>> 7]);
    const value = Buffer.concat([Buffer.from([0x2a]), length, inline]);
    assert.deepEqual(referencesOf(SCOPED_ROUTE_CONFIGURATION, value).clusters.toSorted(), ['a', 'b', 'c']);
  });

  it('of a listener are the clusters of its filters', () => {
    const value = toBytes('envoy.config.listener.v3.Listener', listener);
    assert.deepEqual(referencesOf(LISTENER, value).clusters.toSorted(), ['a', 'b', 'c', 'd', 'e']);
  });

  it('of a gRPC listener are the clusters of its routes', () => {
    const apiListener = { apiListener: { '@type': HCM, routeConfig: routes } };
    const value = toBytes('envoy.config.listener.v3.Listener', { name: 'l', apiListener });
    assert.deepEqual(referencesOf(LISTENER, value).clusters.toSorted(), ['a', 'b', 'c']);
  });

  it('of incomplete messages and of other types are empty', () => {
    const value = toBytes('envoy.config.route.v3.RouteConfiguration', routes);
    const nothing = { endpoints: undefined, clusters: [] };
    assert.deepEqual(referencesOf(ROUTE_CONFIGURATION, value.subarray(0, -1)), nothing);
    assert.deepEqual(referencesOf(CLUSTER_LOAD_ASSIGNMENT, value), nothing);
    assert.deepEqual(referencesOf(CLUSTER, Buffer.from('not protobuf at all')), nothing);
  });

  it('of a resource are read from the message unless options set them', () => {
    const value = toBytes('envoy.config.route.v3.RouteConfiguration', routes);
    assert.deepEqual(encodeResource(ROUTE_CONFIGURATION, 'r', value).clusters.toSorted(), ['a', 'b', 'c']);
    assert.deepEqual(encodeResource(ROUTE_CONFIGURATION, 'r', value, { clusters: ['x'] }).clusters, ['x']);
    assert.deepEqual(encodeResource(ROUTE_CONFIGURATION, 'r', value, { clusters: [] }).clusters, []);
    const cluster = toBytes('envoy.config.cluster.v3.Cluster', { name: 'a', type: 'EDS' });
    assert.equal(encodeResource(CLUSTER, 'a', cluster).endpoints, 'a');
    assert.equal(encodeResource(CLUSTER, 'a', cluster, { endpoints: 'x' }).endpoints, 'x');
  });
});
