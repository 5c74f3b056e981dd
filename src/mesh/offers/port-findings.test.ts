import assert from 'node:assert/strict';
import type { Resource } from '../../api/resource.js';
import {
  createWorld,
  destination,
  failoverService,
  mesh,
  NAMESPACE,
  trafficPolicy,
  virtualMesh,
} from '../../testing/world.js';
import { destinationKey } from '../model/object-key.js';

const tcp = [{ port: 80, name: 'tcp' }];
const backend = [
  destination('db', 'far', { ports: [{ port: 90, name: 'tcp' }] }),
  trafficPolicy('outliers', ['db@far'], { outlierDetection: {} }),
];

function failover(protocol: string, more: object = {}): Resource<unknown> {
  return failoverService('db', ['db@far'], { port: { number: 80, protocol }, ...more });
}

interface Case {
  readonly name: string;
  readonly subject: Resource<unknown>;
  readonly others: readonly Resource<unknown>[];
  readonly expected: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: 'HTTP beside HTTP',
    subject: destination('web', 'east'),
    others: [destination('api', 'east'), failover('http')],
    expected: [],
  },
  { name: 'TCP alone', subject: destination('sql', 'east', { ports: tcp }), others: [], expected: [] },
  {
    name: 'HTTP where a failover destination speaks TCP',
    subject: destination('web', 'east'),
    others: [failover('tcp')],
    expected: [
      'Port 80 of web.app.east (HTTP) gets no listener, because FailoverService db.failover (TCP) cannot share the port.',
    ],
  },
  {
    name: 'TCP where a failover destination speaks HTTP',
    subject: destination('sql', 'east', { ports: tcp }),
    others: [failover('http')],
    expected: [
      'Port 80 of sql.app.east (TCP) gets no listener, because FailoverService db.failover (HTTP) uses it, and TCP cannot share a port.',
    ],
  },
  {
    name: 'TCP where a service speaks HTTP',
    subject: destination('sql', 'east', { ports: tcp }),
    others: [destination('web', 'east')],
    expected: [
      'Port 80 of sql.app.east (TCP) gets no listener, because web.app.east uses it, and TCP cannot share a port.',
    ],
  },
  {
    name: 'TCP where another service comes first by name',
    subject: destination('sql', 'east', { ports: tcp }),
    others: [destination('cache', 'east', { ports: tcp })],
    expected: [
      'Port 80 of sql.app.east (TCP) gets no listener, because cache.app.east takes precedence, and TCP cannot share a port.',
    ],
  },
  {
    name: 'TCP where another service comes second by name',
    subject: destination('sql', 'east', { ports: tcp }),
    others: [destination('zebra', 'east', { ports: tcp })],
    expected: [],
  },
  {
    name: 'TCP in two clusters',
    subject: destination('sql', 'west', { ports: tcp }),
    others: [destination('sql', 'east', { ports: tcp })],
    expected: [
      'Port 80 of sql.app.west (TCP) is only reachable from its own namespace or cluster, because elsewhere sql.app.east takes precedence, and TCP cannot share a port.',
    ],
  },
  {
    name: 'TCP in meshes that do not see each other',
    subject: destination('sql', 'west', { ports: tcp, mesh: 'west' }),
    others: [mesh('east', 'east'), mesh('west', 'west'), destination('sql', 'east', { ports: tcp, mesh: 'east' })],
    expected: [],
  },
  {
    name: 'TCP in meshes that see each other',
    subject: destination('sql', 'west', { ports: tcp, mesh: 'west' }),
    others: [
      mesh('east', 'east'),
      mesh('west', 'west'),
      virtualMesh('all', ['east', 'west']),
      destination('sql', 'east', { ports: tcp, mesh: 'east' }),
    ],
    expected: [
      'Port 80 of sql.app.west (TCP) is only reachable from its own namespace or cluster, because elsewhere sql.app.east takes precedence, and TCP cannot share a port.',
    ],
  },
  {
    name: 'HTTP where a failover destination speaks TCP in a mesh from which it is not seen',
    subject: destination('web', 'west', { mesh: 'west' }),
    others: [
      mesh('east', 'east'),
      mesh('west', 'west'),
      failover('tcp', { meshes: [{ name: 'east', namespace: NAMESPACE }] }),
    ],
    expected: [],
  },
];

describe('findings about the ports of services', () => {
  for (const { name, subject, others, expected } of cases) {
    it(name, () => {
      const { graph, model } = createWorld(...backend, ...others, subject);
      const findings = model.portFindings(graph.read.bind(graph), destinationKey(subject.ref));
      assert.deepEqual(
        findings.map(({ message }) => message),
        expected,
      );
      assert.ok(findings.every(({ severity }) => severity === 'warning'));
    });
  }
});
