import assert from 'node:assert/strict';
import fc from 'fast-check';
import { propertyRuns } from '../testing/property-runs.js';
import type { Route, RouteConfiguration } from '../generated/envoy.js';
import type { TrafficPolicySpec } from '../generated/resources.js';
import { type SourceScope, sourceScope } from '../mesh/policies/selection/source-selectors.js';
import { DEFAULT_USER_TIMEOUT_MS } from './fields/upstream-connection.js';
import { decodeEnvoyMessage } from '../proto/envoy-types.js';
import { arbitraryTrafficPolicy } from '../testing/arbitrary-traffic-policy.js';
import { type World, createWorld, destination, failoverService, resource } from '../testing/world.js';
import { type EnvoyTables, declareEnvoy } from './tables.js';
import { routeConfigurationKey, parseRouteConfiguration } from './routes/route-key.js';
import { SINGLE } from '../graph/index.js';
import { NO_MESH } from '../mesh/model/object-key.js';
import { ANY_CLIENT } from '../mesh/clusters/client-key.js';
import { audienceKey, offerKey } from '../mesh/offers/visibility-key.js';
import { encodedClusterKey } from './clusters/cluster-key.js';

const client = { cluster: 'east', namespace: 'app', labels: { version: 'v1' } };
const targets = {
  services: ['one', 'two', 'nobody'],
  failoverServices: ['over', 'gone'],
  virtualDestinations: ['near'],
};

const world = (policies: readonly TrafficPolicySpec[]): World =>
  createWorld(
    destination('one', 'east', { endpoints: ['10.0.0.1'] }),
    destination('two', 'east', { endpoints: ['10.0.0.2'] }),
    failoverService('over', ['one@east', 'two@east'], {}, 1),
    resource('VirtualDestination', 'near', {
      hostname: 'near.global',
      port: { number: 80, protocol: 'HTTP' },
      localized: {
        destinationSelectors: [
          { kubeServiceRefs: { services: [{ name: 'one', namespace: 'app', clusterName: 'east' }] } },
        ],
      },
    }),
    resource('TrafficPolicy', 'outliers', { policy: { outlierDetection: {} } }),
    ...policies.map((spec, i) => resource('TrafficPolicy', `random-${i}`, spec, i + 2)),
  );

function routeConfiguration(
  { graph, model }: World,
  envoy: EnvoyTables,
): { readonly message: RouteConfiguration; readonly clusters: readonly string[] } {
  const sources = sourceScope(graph.read(model.trafficPolicies.sourceScope, SINGLE) ?? [], client);
  const row = graph.read(
    envoy.routeConfigurations,
    routeConfigurationKey({ mesh: NO_MESH, role: 'sidecar', cluster: 'east', namespace: 'app', sources }, '80'),
  );
  assert.ok(row);
  return {
    message: decodeEnvoyMessage('envoy.config.route.v3.RouteConfiguration', row.bytes),
    clusters: row.clusters ?? [],
  };
}

describe('routes of random TrafficPolicies', () => {
  it('have unique domains, valid weights, and only clusters that the client gets', () => {
    fc.assert(
      fc.property(fc.array(arbitraryTrafficPolicy(targets), { minLength: 1, maxLength: 4 }), (policies) => {
        const made = world(policies);
        const { graph, model } = made;
        const envoy = declareEnvoy(graph, model);
        const { message, clusters } = routeConfiguration(made, envoy);
        const hosts = message.virtualHosts ?? [];
        const domains = hosts.flatMap((host) => host.domains ?? []);
        assert.equal(new Set(domains).size, domains.length);
        assert.equal(new Set(hosts.map(({ name }) => name)).size, hosts.length);

        const offered =
          graph.read(model.visibility.clusters, offerKey(audienceKey(NO_MESH, 'sidecar'), ANY_CLIENT)) ?? [];
        const names = new Set(
          offered.flatMap(
            (key) => graph.read(envoy.clusters, encodedClusterKey(key, DEFAULT_USER_TIMEOUT_MS))?.name ?? [],
          ),
        );
        for (const host of hosts) checkRoutes(host.routes ?? [], names);
        for (const cluster of clusters) assert.ok(names.has(cluster), `${cluster} is offered`);
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  it('end with a route for all other requests', () => {
    fc.assert(
      fc.property(arbitraryTrafficPolicy(targets), (policy) => {
        const made = world([policy]);
        const { message } = routeConfiguration(made, declareEnvoy(made.graph, made.model));
        for (const { routes = [] } of message.virtualHosts ?? [])
          assert.deepEqual(routes.at(-1)?.match, { prefix: '/' });
      }),
      { numRuns: propertyRuns(100) },
    );
  });
});

function checkRoutes(routes: readonly Route[], offered: ReadonlySet<string>): void {
  for (const { route = {} } of routes) {
    const shares = route.weightedClusters?.clusters;
    const named = [
      ...(shares ?? [{ name: route.cluster }]),
      ...(route.requestMirrorPolicies ?? []).map(({ cluster }) => ({ name: cluster })),
    ];
    for (const { name = '' } of named) assert.ok(offered.has(name), `${name} is offered`);
    if (shares === undefined) continue;
    const sum = shares.reduce((total, share) => total + ((share as { readonly weight?: number }).weight ?? 0), 0);
    assert.equal(sum, 100);
  }
}

describe('source selectors', () => {
  it('let clients that match the same selectors share the bytes of a virtual host', () => {
    const selected = (labels: Readonly<Record<string, string>>, service: string): TrafficPolicySpec => ({
      sourceSelector: [{ labels }],
      destinationSelector: [
        { kubeServiceRefs: { services: [{ name: service, namespace: 'app', clusterName: 'east' }] } },
      ],
      policy: { requestTimeout: '2s' },
    });
    const { graph, model } = world([selected({ app: 'a' }, 'one'), selected({ app: 'b' }, 'two')]);
    const texts = graph.read(model.trafficPolicies.sourceScope, SINGLE) ?? [];
    const scope = (labels: Readonly<Record<string, string>>): SourceScope => sourceScope(texts, { ...client, labels });
    assert.equal(texts.length, 2);
    assert.equal(scope({ app: 'a', version: 'v1' }), scope({ app: 'a', version: 'v2' }));
    assert.equal(scope({ app: 'c' }), '');
    assert.notEqual(scope({ app: 'a' }), scope({ app: 'b' }));

    const envoy = declareEnvoy(graph, model);
    const before = graph.computed().get('encodedVirtualHosts') ?? 0;
    const observe = (labels: Readonly<Record<string, string>>): void => {
      const key = routeConfigurationKey(
        { mesh: NO_MESH, role: 'sidecar', cluster: 'east', namespace: 'app', sources: scope(labels) },
        '80',
      );
      assert.equal(parseRouteConfiguration(key).cluster, 'east');
      graph.observe(envoy.routeConfigurations, key, () => {});
    };
    observe({ app: 'a' });
    observe({ app: 'b' });
    observe({ app: 'c' });
    // near and over have no selectors and so one row each; one and two have two rows each.
    assert.equal((graph.computed().get('encodedVirtualHosts') ?? 0) - before, 6);
  });
});
