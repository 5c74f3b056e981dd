import assert from 'node:assert/strict';
import type { Resource } from '../../api/resource.js';
import type { DestinationSelectorV2, OutlierDetectionPolicySpec, WorkspaceSpec } from '../../generated/resources.js';
import { endpointSlice, kubeService } from '../../testing/kubernetes.js';
import { createWorld, destination, failoverService, resource, trafficPolicy } from '../../testing/world.js';
import { destinationCluster } from '../model/cluster-key.js';
import {
  type DestinationKey,
  type FailoverPolicyKey,
  type OutlierDetectionPolicyKey,
  destinationKey,
} from '../model/object-key.js';
import { failoverKey } from '../model/failover-key.js';

const reviews = destination('reviews', 'east', { endpoints: ['10.0.0.1'] });
const ratings = destination('ratings', 'west', { endpoints: ['10.0.0.2'] });

function policy(
  name: string,
  consecutiveErrors: number,
  applyToDestinations?: readonly DestinationSelectorV2[],
  arrival = 1,
): Resource<OutlierDetectionPolicySpec> {
  const spec = { ...(applyToDestinations && { applyToDestinations }), config: { consecutiveErrors } };
  return {
    ...resource('OutlierDetectionPolicy', name, spec, arrival),
    apiVersion: 'resilience.policy.gloo.solo.io/v2',
  };
}

/** Errors that the two services tolerate in the clusters made of them. */
function tolerated(...resources: readonly Resource<unknown>[]): readonly (number | undefined)[] {
  const { graph, model } = createWorld(reviews, ratings, ...resources);
  return [reviews, ratings].map(({ ref }) => {
    const cluster = graph.read(model.clusters.clusters, destinationCluster(destinationKey(ref), 80));
    return cluster?.type === 'EDS' ? cluster.outlierDetection?.consecutiveErrors : undefined;
  });
}

function toRef(service: string): { readonly name: string; readonly namespace: string; readonly clusterName: string } {
  const [name = '', clusterName = ''] = service.split('@');
  return { name, namespace: 'app', clusterName };
}

describe('an OutlierDetectionPolicy', () => {
  const kind = 'SERVICE';
  const cases: readonly (readonly [string, readonly Resource<unknown>[], readonly (number | undefined)[]])[] = [
    ['without selectors applies to all services', [policy('p', 7)], [7, 7]],
    ['may mean all services', [policy('p', 7, [{ kind }])], [7, 7]],
    ['may mean services by not naming a kind', [policy('p', 7, [{ selector: { name: 'reviews' } }])], [7, undefined]],
    ['selects by name', [policy('p', 7, [{ kind, selector: { name: 'reviews' } }])], [7, undefined]],
    ['selects by namespace', [policy('p', 7, [{ kind, selector: { namespace: 'other' } }])], [undefined, undefined]],
    ['selects by cluster', [policy('p', 7, [{ kind, selector: { cluster: 'west' } }])], [undefined, 7]],
    ['selects by labels', [policy('p', 7, [{ kind, selector: { labels: { app: 'x' } } }])], [undefined, undefined]],
    [
      'selects by any of its selectors',
      [
        policy(
          'p',
          7,
          ['reviews', 'ratings'].map((name) => ({ kind, selector: { name } })),
        ),
      ],
      [7, 7],
    ],
    [
      'of virtual destinations leaves services alone',
      [policy('p', 7, [{ kind: 'VIRTUAL_DESTINATION' }])],
      [undefined, undefined],
    ],
    [
      'wins over TrafficPolicies',
      [
        policy('p', 7, [{ kind, selector: { name: 'reviews' } }]),
        trafficPolicy('t', ['reviews@east', 'ratings@west'], { outlierDetection: { consecutiveErrors: 2 } }),
      ],
      [7, 2],
    ],
    [
      'gives way to an older one',
      [policy('a', 7, [{ kind }], 2), policy('b', 8, [{ kind, selector: { name: 'ratings' } }], 1)],
      [7, 8],
    ],
  ];
  for (const [name, resources, expected] of cases) {
    it(name, () => {
      assert.deepEqual(tolerated(...resources), expected);
    });
  }

  it('applies to its own workspace only', () => {
    const workspace = (name: string, namespace: string, cluster: string): Resource<WorkspaceSpec> =>
      resource('Workspace', name, { workloadClusters: [{ name: cluster, namespaces: [{ name: namespace }] }] });
    const own = workspace('mine', 'failover', '*');
    assert.deepEqual(tolerated(policy('p', 7), own), [undefined, undefined]);
    const wider = {
      ...own,
      spec: {
        workloadClusters: [...(own.spec?.workloadClusters ?? []), { name: 'west', namespaces: [{ name: 'app' }] }],
      },
    };
    assert.deepEqual(tolerated(policy('p', 7), wider), [undefined, 7]);
  });

  it('applies to discovered services', () => {
    const { graph, model } = createWorld(
      kubeService('cart', 'east'),
      endpointSlice('cart-1', 'east', ['10.0.0.1']),
      policy('p', 7),
    );
    const cluster = graph.read(
      model.clusters.clusters,
      destinationCluster('cart-shop-east.shop' as DestinationKey, 80),
    );
    assert.equal(cluster?.type === 'EDS' ? cluster.outlierDetection?.consecutiveErrors : undefined, 7);
  });

  it('provides the outlier detection that a FailoverService requires of its services', () => {
    const failover = failoverService('f', ['reviews@east', 'ratings@west']);
    const errors = (...resources: readonly Resource<unknown>[]): number => {
      const { graph, model } = createWorld(reviews, ratings, failover, ...resources);
      return (graph.read(model.failovers.findings, failoverKey(failover.ref)) ?? []).length;
    };
    assert.equal(errors(), 2);
    assert.equal(errors(policy('p', 7, [{ kind, selector: { cluster: 'east' } }])), 1);
    assert.equal(errors(policy('p', 7, [{ kind }])), 0);
  });

  it('on a virtual destination with listed services provides the required outlier detection', () => {
    const destinations = ['reviews@east', 'ratings@west'].map((service) => ({ kubeService: toRef(service) }));
    const subject = resource('VirtualDestination', 'v', {
      hostname: 'v.global',
      port: { number: 80, protocol: 'http' },
      static: { destinations },
    });
    const errors = (...resources: readonly Resource<unknown>[]): number => {
      const { graph, model } = createWorld(reviews, ratings, subject, ...resources);
      return (graph.read(model.failovers.findings, failoverKey(subject.ref)) ?? []).length;
    };
    assert.equal(errors(), 2);
    assert.equal(errors(policy('p', 7, [{ kind: 'VIRTUAL_DESTINATION', selector: { name: 'other' } }])), 2);
    assert.equal(errors(policy('p', 7, [{ kind: 'VIRTUAL_DESTINATION' }])), 0);
  });

  it('or a TrafficPolicy on a virtual destination replaces the default', () => {
    const subject = resource('VirtualDestination', 'v', {
      hostname: 'v.global',
      port: { number: 80, protocol: 'http' },
      localized: { destinationSelectors: [{ kubeServiceRefs: { services: [toRef('reviews@east')] } }] },
    });
    const localityMappings = [{ from: { region: 'east' }, to: [{ region: 'west' }] }];
    const ordering = resource('FailoverPolicy', 'ordering', {
      applyToDestinations: [{ kind: 'VIRTUAL_DESTINATION' }],
      config: { localityMappings },
    });
    const warnings = (...resources: readonly Resource<unknown>[]): readonly string[] => {
      const { graph, model } = createWorld(reviews, subject, ordering, ...resources);
      return model.virtualDestinationPolicies.warnings.FailoverPolicy.flatMap(
        (table) => graph.read(table, 'ordering.failover' as FailoverPolicyKey) ?? [],
      ).map(({ code }) => code);
    };
    const virtualDestinationRefs = { virtualDestinations: [{ name: 'v', namespace: subject.ref.namespace }] };
    const onResource = resource('TrafficPolicy', 't', {
      destinationSelector: [{ virtualDestinationRefs }],
      policy: { outlierDetection: {} },
    });
    assert.deepEqual(warnings(), ['DefaultOutlierDetection']);
    assert.deepEqual(warnings(onResource), []);
    assert.deepEqual(warnings(policy('p', 7, [{ kind: 'VIRTUAL_DESTINATION' }])), []);
  });

  it('gets a finding where an older one applies instead', () => {
    const [older, younger] = [
      policy('a', 7, [{ kind, selector: { name: 'ratings' } }], 1),
      policy('b', 8, [{ kind }], 2),
    ];
    const { graph, model } = createWorld(reviews, ratings, older, younger);
    const warnings = (name: string): readonly string[] =>
      model.virtualDestinationPolicies.warnings.OutlierDetectionPolicy.flatMap(
        (table) => graph.read(table, `${name}.failover` as OutlierDetectionPolicyKey) ?? [],
      ).map(({ message }) => message);
    assert.deepEqual(warnings('a'), []);
    assert.deepEqual(warnings('b'), [
      'Destination ratings-app-west.failover already has the older OutlierDetectionPolicy a.failover. This policy has no effect there.',
    ]);
  });
});
