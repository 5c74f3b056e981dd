import assert from 'node:assert/strict';
import { formatPath } from '../../../api/diagnostic.js';
import type { Resource } from '../../../api/resource.js';
import type { TrafficPolicySpec } from '../../../generated/resources.js';
import { createWorld, destination, resource } from '../../../testing/world.js';
import type { TrafficPolicyKey, RetryTimeoutPolicyKey } from '../../model/object-key.js';

const http = { port: 80, name: 'http' };
const tcp = { port: 5432, name: 'tcp' };
const world = [
  destination('web', 'east', { ports: [http] }),
  destination('db', 'east', { ports: [tcp] }),
  destination('both', 'east', { ports: [http, tcp] }),
];

function virtualDestination(name: string, protocol: string): Resource<unknown> {
  const spec = {
    hosts: [`${name}.vd`],
    services: [{ name: 'both' }],
    ports: [{ number: 7000, protocol, targetPort: { number: tcp.port } }],
  };
  return {
    ...resource('VirtualDestination', name, spec),
    labels: { kind: 'vd' },
    apiVersion: 'networking.gloo.solo.io/v2',
  };
}

function fields(
  policy: NonNullable<TrafficPolicySpec['policy']>,
  spec: Omit<TrafficPolicySpec, 'policy'>,
): readonly string[] {
  const { graph, model } = createWorld(
    ...world,
    virtualDestination('v', 'TCP'),
    resource('TrafficPolicy', 'p', { ...spec, policy }),
  );
  const warnings = model.trafficPolicies.warnings(graph.read.bind(graph), 'p.failover' as TrafficPolicyKey);
  return warnings.map(({ code, path, message }) => `${code} ${formatPath(path)}: ${message}`);
}

function of(...names: readonly string[]): Pick<TrafficPolicySpec, 'destinationSelector'> {
  const services = names.map((name) => ({ name, namespace: 'app', clusterName: 'east' }));
  return { destinationSelector: [{ kubeServiceRefs: { services } }] };
}

describe('findings about HTTP settings on ports without HTTP', () => {
  const onDb = (field: string, of_ = 'HTTP requests'): string =>
    `FieldWithoutEffect spec.policy.${field}: ${field} has no effect on db-app-east.failover: it applies to ${of_}, which Envoy does not parse on TCP ports.`;
  const shift = {
    trafficShift: {
      destinations: [{ kubeService: { name: 'both', namespace: 'app', clusterName: 'east', port: 5432 } }],
    },
  };

  it('name each field', () => {
    assert.deepEqual(fields({ requestTimeout: '1s', retries: { attempts: 1 }, outlierDetection: {} }, of('db')), [
      onDb('requestTimeout'),
      onDb('retries'),
    ]);
  });

  it('name one of several targets', () => {
    assert.deepEqual(fields({ requestTimeout: '1s' }, of('db', 'web')), [onDb('requestTimeout')]);
  });

  it('are absent for a service that also has a port with HTTP', () => {
    assert.deepEqual(fields({ requestTimeout: '1s' }, of('both', 'web')), []);
  });

  it('are absent for a policy for all destinations that has an effect elsewhere', () => {
    assert.deepEqual(fields({ requestTimeout: '1s' }, {}), []);
  });

  it('include a shift of some of the traffic, but not of all', () => {
    assert.deepEqual(fields(shift, of('db')), []);
    const sourceSelector = [{ labels: { app: 'x' } }];
    assert.deepEqual(fields(shift, { ...of('db'), sourceSelector }), [
      onDb('trafficShift', 'HTTP requests of some clients or with some properties'),
    ]);
  });

  it('include VirtualDestinations', () => {
    const virtualDestinationRefs = { virtualDestinations: [{ name: 'v', namespace: 'failover' }] };
    assert.deepEqual(fields({ requestTimeout: '1s' }, { destinationSelector: [{ virtualDestinationRefs }] }), [
      'FieldWithoutEffect spec.policy.requestTimeout: requestTimeout has no effect on v.failover: it applies to HTTP requests, which Envoy does not parse on TCP ports.',
    ]);
  });

  const protocols: readonly (readonly [string, number])[] = [
    ['TCP', 1],
    ['MONGO', 1],
    ['TLS', 1],
    ['HTTPS', 1],
    ['HTTP', 0],
    ['HTTP2', 0],
    ['grpc', 0],
  ];
  for (const [protocol, count] of protocols) {
    it(`for a RetryTimeoutPolicy are ${count === 1 ? 'present' : 'absent'} for ${protocol}`, () => {
      const applyToRoutes = [{ route: { labels: { kind: 'vd' } } }];
      const policy = resource('RetryTimeoutPolicy', 'p', { applyToRoutes, config: { requestTimeout: '1s' } });
      const { graph, model } = createWorld(...world, virtualDestination('v', protocol), policy);
      const warnings = model.virtualDestinationPolicies.warnings.RetryTimeoutPolicy.flatMap(
        (table) => graph.read(table, 'p.failover' as RetryTimeoutPolicyKey) ?? [],
      );
      assert.equal(
        warnings.filter(
          ({ code, path }) => code === 'FieldWithoutEffect' && formatPath(path) === 'spec.config.requestTimeout',
        ).length,
        count,
      );
    });
  }
});
