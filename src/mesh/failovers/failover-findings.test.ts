import assert from 'node:assert/strict';
import type { Resource } from '../../api/resource.js';
import type { DestinationSelector, VirtualDestinationSpec } from '../../generated/resources.js';
import { formatPath } from '../../api/diagnostic.js';
import {
  createWorld,
  destination,
  failoverService,
  mesh,
  NAMESPACE,
  resource,
  trafficPolicy,
  virtualMesh,
} from '../../testing/world.js';
import { failoverKey } from '../model/failover-key.js';

/** Two meshes under one VirtualMesh, `reviews` in both, with outlier detection. */
const base: readonly Resource<unknown>[] = [
  mesh('east', 'east'),
  mesh('west', 'west'),
  virtualMesh('all', ['east', 'west']),
  destination('reviews', 'east', { mesh: 'east' }),
  destination('reviews', 'west', { mesh: 'west' }),
  trafficPolicy('outliers', ['reviews@east', 'reviews@west'], { outlierDetection: {} }),
];
const meshes = [{ name: 'east', namespace: NAMESPACE }];
const both = ['reviews@east', 'reviews@west'];

function findings(subject: Resource<unknown>, world: readonly Resource<unknown>[]): readonly string[] {
  const { graph, model } = createWorld(...world, subject);
  return (graph.read(model.failovers.findings, failoverKey(subject.ref)) ?? []).map(
    ({ path, message }) => `${formatPath(path)}: ${message}`,
  );
}

interface Case {
  readonly name: string;
  readonly subject?: Resource<unknown>;
  /** Replaces resources of the base world that have the same kind and name, and adds the others. */
  readonly change?: readonly Resource<unknown>[];
  readonly without?: readonly string[];
  readonly expected: readonly string[];
}

const valid = failoverService('reviews', both, { meshes });
const port = { number: 80, protocol: 'http' };

function localized(...destinationSelectors: readonly DestinationSelector[]): Resource<VirtualDestinationSpec> {
  return resource('VirtualDestination', 'reviews', {
    hostname: 'reviews.global',
    port,
    localized: { destinationSelectors },
  });
}

const cases: readonly Case[] = [
  { name: 'a valid one', expected: [] },
  {
    name: 'no port',
    subject: resource('FailoverService', 'reviews', {
      hostname: 'reviews.global',
      meshes,
      backingServices: valid.spec?.backingServices,
    }),
    expected: ['spec.port: Missing required field "port".'],
  },
  {
    name: 'a port number out of range',
    subject: failoverService('reviews', both, { meshes, port: { number: 65536, protocol: 'http' } }),
    expected: ['spec.port.number: Invalid port number 65536: must be between 1 and 65535, inclusive.'],
  },
  {
    name: 'an unknown protocol',
    subject: failoverService('reviews', both, { meshes, port: { number: 80, protocol: 'smtp' } }),
    expected: [
      'spec.port.protocol: Invalid protocol for port: smtp. It must be HTTP, HTTPS, GRPC, HTTP2, MONGO, TCP or TLS.',
    ],
  },
  {
    name: 'protocols in any case',
    subject: failoverService('reviews', both, { meshes, port: { number: 80, protocol: 'gRpC' } }),
    expected: [],
  },
  {
    name: 'no backing service',
    subject: failoverService('reviews', [], { meshes }),
    expected: ['spec.backingServices: There must be at least one service declared for the FailoverService.'],
  },
  {
    name: 'selectors that select nothing, with what is nearest',
    subject: localized(
      { kubeServiceMatcher: { namespaces: ['apps'] } },
      { kubeServiceRefs: { services: [{ name: 'review', namespace: 'app', clusterName: 'east' }] } },
    ),
    expected: [
      'spec.localized.destinationSelectors[0].kubeServiceMatcher: No valid service has namespace apps, so the selector selects nothing. Did you mean "app"?',
      'spec.localized.destinationSelectors[1].kubeServiceRefs.services[0]: Destination review.app.east not found in discovery resources. Did you mean "reviews"?',
    ],
  },
  {
    name: 'a selector that selects nothing beside one that does',
    subject: localized({ kubeServiceMatcher: { labels: { app: 'x' } } }, { kubeServiceMatcher: {} }),
    expected: [
      'spec.localized.destinationSelectors[0].kubeServiceMatcher: No valid service has label app=x, so the selector selects nothing. Nothing has a label app.',
    ],
  },
  {
    name: 'selectors that are empty or of a kind that cannot be behind',
    subject: localized(
      {},
      { virtualDestinationRefs: { virtualDestinations: [{ name: 'reviews', namespace: NAMESPACE }] } },
    ),
    expected: [
      'spec.localized.destinationSelectors[1].virtualDestinationRefs: A VirtualDestination cannot have another VirtualDestination as its backend. Select services or external services.',
      'spec.localized.destinationSelectors[0]: The selector is empty, so it selects nothing. To select all Kubernetes services, use kubeServiceMatcher: {}.',
    ],
  },
  {
    name: 'no port among one',
    subject: {
      ...localized({ kubeServiceMatcher: {} }),
      spec: { ...localized({ kubeServiceMatcher: {} }).spec, port: { ...port, targetNumber: 8080 } },
    },
    expected: both.map(
      (service) =>
        `spec.localized.destinationSelectors: Service reviews.app.${service.split('@')[1] ?? ''} has no port 8080: its only port is 80 (http).`,
    ),
  },
  {
    name: 'no backing service of a VirtualDestination',
    subject: resource('VirtualDestination', 'reviews', { hostname: 'reviews.global', port, static: {} }),
    expected: ['spec.static.destinations: There must be at least one service declared for the VirtualDestination.'],
  },
  {
    name: 'an unknown service',
    subject: failoverService('reviews', ['reviews@east', 'ratings@east'], { meshes }),
    expected: [
      'spec.backingServices[1].kubeService: Backing service ratings.app.east not found in discovery resources.',
    ],
  },
  {
    name: 'several ports and none that fits',
    subject: failoverService('reviews', both, { meshes, port: { number: 8080, protocol: 'http' } }),
    change: [
      destination('reviews', 'west', {
        mesh: 'west',
        ports: [
          { port: 80, name: 'http' },
          { port: 90, name: 'metrics' },
        ],
      }),
    ],
    expected: [
      'spec.backingServices[1].kubeService: Service reviews.app.west has several ports, and none is 8080: choose one of 80 (http), 90 (metrics).',
    ],
  },
  {
    name: 'a service without outlier detection',
    change: [trafficPolicy('outliers', ['reviews@east'], { outlierDetection: {} })],
    expected: [
      'spec.backingServices[1].kubeService: Service reviews.app.west does not have any TrafficPolicies that apply OutlierDetection settings.',
    ],
  },
  {
    name: 'a service of an unknown mesh',
    change: [destination('reviews', 'west', { mesh: 'south' })],
    expected: [
      'spec.backingServices[1].kubeService: Mesh south.failover for service reviews.app.west not found in discovery resources.',
    ],
  },
  {
    name: 'no meshes while there are Mesh resources',
    subject: failoverService('reviews', both),
    expected: ['spec.meshes: Missing required field "meshes".'],
  },
  {
    name: 'no meshes where there is no Mesh resource',
    subject: failoverService('reviews', both),
    without: ['Mesh', 'VirtualMesh'],
    change: [destination('reviews', 'east'), destination('reviews', 'west')],
    expected: [],
  },
  {
    name: 'an unknown mesh',
    subject: failoverService('reviews', both, { meshes: [...meshes, { name: 'south', namespace: NAMESPACE }] }),
    expected: ['spec.meshes[1]: Mesh south.failover not found in discovery resources.'],
  },
  {
    name: 'a mesh outside of any VirtualMesh',
    change: [virtualMesh('all', ['east'])],
    expected: ['spec.backingServices: Mesh west.failover is not grouped in a VirtualMesh.'],
  },
  {
    name: 'one mesh alone needs no VirtualMesh',
    subject: failoverService('reviews', ['reviews@east'], { meshes }),
    without: ['VirtualMesh'],
    expected: [],
  },
  {
    name: 'meshes of different VirtualMeshes',
    change: [virtualMesh('all', ['east']), virtualMesh('other', ['west'])],
    expected: [
      'spec.backingServices: Services belong to multiple different parent VirtualMeshes: [all.failover, other.failover]',
    ],
  },
  {
    name: 'no hostname',
    subject: failoverService('reviews', both, { meshes, hostname: '' }),
    expected: ['spec.hostname: Missing required field "hostname".'],
  },
  {
    name: 'a hostname that is none',
    subject: failoverService('reviews', both, { meshes, hostname: 'Reviews.global' }),
    expected: [
      "spec.hostname: Invalid hostname Reviews.global: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
    ],
  },
  {
    name: 'a hostname without the required suffix',
    change: [virtualMesh('all', ['east', 'west'], 'mesh.local')],
    expected: ['spec.hostname: Provided hostname reviews.global is missing required suffix "mesh.local".'],
  },
  {
    name: 'a hostname with the required suffix',
    change: [virtualMesh('all', ['east', 'west'], 'global')],
    expected: [],
  },
  {
    name: 'a hostname and port that an older resource has',
    subject: failoverService('reviews', both, { meshes, hostname: 'taken.global' }, 2),
    change: [failoverService('older', both, { meshes, hostname: 'taken.global' }, 1)],
    expected: ['spec.hostname: Hostname taken.global is already used by FailoverService older.failover.'],
  },
  {
    name: 'a short form of a hostname that an older resource has',
    subject: failoverService('reviews', both, { meshes, hostname: 'taken.app' }, 2),
    change: [failoverService('older', both, { meshes, hostname: 'taken.app.svc.cluster.local' }, 1)],
    expected: ['spec.hostname: Hostname taken.app is already used by FailoverService older.failover.'],
  },
  {
    name: 'a hostname that a younger resource wants',
    subject: failoverService('reviews', both, { meshes, hostname: 'taken.global' }, 1),
    change: [failoverService('younger', both, { meshes, hostname: 'taken.global' }, 2)],
    expected: [],
  },
  {
    name: 'the same hostname on another port',
    subject: failoverService(
      'reviews',
      both,
      { meshes, hostname: 'taken.global', port: { number: 81, protocol: 'http' } },
      2,
    ),
    change: [failoverService('older', both, { meshes, hostname: 'taken.global' }, 1)],
    expected: [],
  },
  {
    name: 'the same hostname in another mesh',
    subject: failoverService('reviews', both, { meshes, hostname: 'taken.global' }, 2),
    change: [
      failoverService('older', both, { meshes: [{ name: 'west', namespace: NAMESPACE }], hostname: 'taken.global' }, 1),
    ],
    expected: [],
  },
  {
    name: 'a hostname that only an invalid resource has',
    subject: failoverService('reviews', both, { meshes, hostname: 'taken.global' }, 2),
    change: [failoverService('older', ['nothing@east'], { meshes, hostname: 'taken.global' }, 1)],
    expected: [],
  },
  {
    name: 'a port that an older resource speaks TCP on',
    subject: failoverService('reviews', both, { meshes }, 2),
    change: [failoverService('older', both, { meshes, port: { number: 80, protocol: 'tcp' } }, 1)],
    expected: [
      'spec.port.number: Port 80 is used by both FailoverService older.failover (TCP) and FailoverService reviews.failover (HTTP). TCP and MONGO cannot share a port.',
    ],
  },
  {
    name: 'a port on which a younger resource speaks MONGO',
    subject: failoverService('reviews', both, { meshes }, 1),
    change: [failoverService('younger', both, { meshes, port: { number: 80, protocol: 'MONGO' } }, 2)],
    expected: [
      'spec.port.number: Port 80 is used by both FailoverService reviews.failover (HTTP) and FailoverService younger.failover (MONGO). TCP and MONGO cannot share a port.',
    ],
  },
  {
    name: 'a port with TCP in another mesh',
    subject: failoverService('reviews', both, { meshes }, 2),
    change: [
      failoverService(
        'older',
        both,
        { meshes: [{ name: 'west', namespace: NAMESPACE }], port: { number: 80, protocol: 'tcp' } },
        1,
      ),
    ],
    expected: [],
  },
  {
    name: 'protocols that can share a port',
    subject: failoverService('reviews', both, { meshes }, 2),
    change: [
      failoverService('tls', both, { meshes, port: { number: 80, protocol: 'tls' } }, 1),
      failoverService('https', both, { meshes, port: { number: 80, protocol: 'https' } }, 1),
      failoverService('grpc', both, { meshes, port: { number: 80, protocol: 'grpc' } }, 1),
    ],
    expected: [],
  },
  {
    name: 'a port on which only an invalid resource speaks TCP',
    subject: failoverService('reviews', both, { meshes }, 2),
    change: [failoverService('older', ['nothing@east'], { meshes, port: { number: 80, protocol: 'tcp' } }, 1)],
    expected: [],
  },
  {
    name: 'hostname and port with TCP that an older resource has: the hostname alone is to blame',
    subject: failoverService(
      'reviews',
      both,
      { meshes, hostname: 'taken.global', port: { number: 80, protocol: 'tcp' } },
      2,
    ),
    change: [
      failoverService('older', both, { meshes, hostname: 'taken.global', port: { number: 80, protocol: 'tcp' } }, 1),
    ],
    expected: ['spec.hostname: Hostname taken.global is already used by FailoverService older.failover.'],
  },
  {
    name: 'the same service twice',
    subject: failoverService('reviews', ['reviews@east', 'reviews@east'], { meshes }),
    expected: ['spec.backingServices[1].kubeService: Backing service reviews.app.east is listed more than once.'],
  },
  {
    name: 'everything at once, in order',
    subject: resource('FailoverService', 'reviews', {
      port: { number: 0, protocol: '' },
      backingServices: [{ kubeService: { name: 'nothing' } }],
    }),
    expected: [
      'spec.port.number: Invalid port number 0: must be between 1 and 65535, inclusive.',
      'spec.port.protocol: Invalid protocol for port: . It must be HTTP, HTTPS, GRPC, HTTP2, MONGO, TCP or TLS.',
      'spec.backingServices[0].kubeService: Backing service nothing.. not found in discovery resources.',
      'spec.meshes: Missing required field "meshes".',
      'spec.hostname: Missing required field "hostname".',
    ],
  },
];

describe('promise 34: failover findings', () => {
  for (const { name, subject = valid, change = [], without = [], expected } of cases) {
    it(name, () => {
      const changed = new Set(change.map(({ ref }) => failoverKey(ref)));
      const kept = base.filter(({ ref }) => !without.includes(ref.kind) && !changed.has(failoverKey(ref)));
      assert.deepEqual(findings(subject, [...kept, ...change]), expected);
    });
  }
});
