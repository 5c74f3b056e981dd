import assert from 'node:assert/strict';
import type { Resource } from '../../../api/resource.js';
import type { EndpointAddress, Endpoints } from '../../../generated/resources.js';
import { endpointSlice, kubeResource, kubeService, node, pod } from '../../../testing/kubernetes.js';
import { type World, createWorld } from '../../../testing/world.js';
import { serviceKey, endpointSliceKey } from '../../model/kube-key.js';
import { destinationPortKey } from '../../model/target-key.js';
import type { DestinationKey } from '../../model/object-key.js';

function endpoints(
  { graph, model }: World,
  key = 'cart-shop-east.shop' as DestinationKey,
  port = 80,
): readonly string[] {
  const groups = graph.read(model.destinations.endpoints, destinationPortKey(key, port)) ?? [];
  return groups.flatMap(({ locality: { region, zone }, endpoints: members }) =>
    members.map(({ address, port: target, health }) => `${region}/${zone} ${address}:${String(target)} ${health}`),
  );
}

function findings({ graph, model }: World, { ref }: Resource<unknown>): readonly string[] {
  const { serviceFindings, sliceFindings, endpointsFindings } = model.destinations.discovery;
  const found =
    ref.kind === 'EndpointSlice'
      ? graph.read(sliceFindings, endpointSliceKey(ref))
      : graph.read(ref.kind === 'Service' ? serviceFindings : endpointsFindings, serviceKey(ref));
  return (found ?? []).map(({ severity, code, path, message }) => `${severity} ${code} ${path.join('.')}: ${message}`);
}

function codes(world: World, resource: Resource<unknown>): readonly string[] {
  return findings(world, resource).map((text) => text.split(':')[0] ?? '');
}

const service = kubeService('cart', 'east');
const slice = endpointSlice('cart-1', 'east', ['10.0.0.1']);

function legacy(name: string, ...addresses: readonly (string | EndpointAddress)[]): Resource<Endpoints> {
  const written = addresses.map((address) => (typeof address === 'string' ? { ip: address } : address));
  return kubeResource('Endpoints', name, 'east', {
    subsets: [{ addresses: written, ports: [{ name: 'http', port: 9376 }] }],
  });
}

describe('an Endpoints object', () => {
  it('defines the endpoints of a service without slices', () => {
    const world = createWorld(
      service,
      legacy('cart', '10.0.0.1', { ip: '10.0.0.2', nodeName: 'n1' }),
      node('n1', 'east', 'r1/z1'),
    );
    assert.deepEqual(endpoints(world), ['/ 10.0.0.1:9376 HEALTHY', 'r1/z1 10.0.0.2:9376 HEALTHY']);
    assert.deepEqual(findings(world, service), []);
  });

  it('includes endpoints that are not ready', () => {
    const resource = kubeResource('Endpoints', 'cart', 'east', {
      subsets: [{ notReadyAddresses: [{ ip: '10.0.0.3' }], ports: [{ name: 'http', port: 80 }] }],
    });
    assert.deepEqual(endpoints(createWorld(service, resource)), ['/ 10.0.0.3:80 UNHEALTHY']);
  });

  it('is replaced by slices, and used again without them', () => {
    const object = legacy('cart', '10.0.0.1', '10.0.0.9');
    const world = createWorld(service, object, slice);
    assert.deepEqual(endpoints(world), ['/ 10.0.0.1:8080 HEALTHY']);
    assert.deepEqual(findings(world, object), []);
    world.remove(slice);
    assert.deepEqual(endpoints(world), ['/ 10.0.0.1:9376 HEALTHY', '/ 10.0.0.9:9376 HEALTHY']);
  });

  it('belongs to a service of the same cluster', () => {
    assert.deepEqual(
      endpoints(
        createWorld(service, {
          ...legacy('cart', '10.0.0.1'),
          ref: { kind: 'Endpoints', namespace: 'shop', name: 'cart' },
        }),
      ),
      [],
    );
  });

  it('leaves out an invalid address, with a finding', () => {
    const object = legacy('cart', 'cart', '10.0.0.1');
    const world = createWorld(service, object);
    assert.deepEqual(endpoints(world), ['/ 10.0.0.1:9376 HEALTHY']);
    assert.deepEqual(findings(world, object), [
      'error InvalidAddress subsets.0.addresses.0.ip: Invalid address "cart": must be an IP address. The endpoint is ignored.',
    ]);
  });

  it('without a service gets a finding, unless it is a lock', () => {
    const object = legacy('lost', '10.0.0.1');
    assert.deepEqual(findings(createWorld(object), object), [
      'warning ServiceNotFound metadata.name: There is no Service lost.shop in cluster east, so the endpoints belong to no service.',
    ]);
    const lock = kubeResource('Endpoints', 'lock', 'east', {});
    assert.deepEqual(findings(createWorld(lock), lock), []);
  });
});

describe('an EndpointSlice', () => {
  it('without a service gets a finding', () => {
    const lost = { ...slice, ref: { kind: 'EndpointSlice', namespace: 'shop', name: 'cart-1' } };
    assert.deepEqual(findings(createWorld(service, lost), lost), [
      'warning ServiceNotFound metadata.labels.kubernetes.io/service-name: There is no Service cart.shop among the resources that name no cluster, so the endpoints belong to no service.',
    ]);
  });

  it('leaves out a port that is invalid, or that its service does not have', () => {
    const two = kubeService('cart', 'east', {
      ports: [
        { name: 'http', port: 80 },
        { name: 'http-b', port: 81 },
        { name: 'dns', port: 53, protocol: 'UDP' },
      ],
    });
    const bad = endpointSlice('cart-1', 'east', ['10.0.0.1'], {
      ports: [
        { name: 'http', port: 70_000 },
        { name: 'htp', port: 81 },
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'http-b', port: 8081 },
      ],
    });
    const world = createWorld(two, bad);
    assert.deepEqual(endpoints(world), []);
    assert.deepEqual(endpoints(world, undefined, 81), ['/ 10.0.0.1:8081 HEALTHY']);
    assert.deepEqual(findings(world, bad), [
      'error InvalidPortNumber ports.0.port: Invalid port number 70000: must be between 1 and 65535, inclusive. The endpoints are ignored there.',
      'warning UnmatchedPort ports.1: Service cart has no port "htp": its ports are http, http-b, dns. It gets no traffic.',
    ]);
  });

  it("may have no ports, if the service defines them without names of the pods' ports", () => {
    const without = { ...slice, spec: { addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'] }], ports: [] } };
    const numbered = createWorld(
      kubeService('cart', 'east', { ports: [{ name: 'http', port: 80, targetPort: '3000' }] }),
      without,
    );
    assert.deepEqual([...endpoints(numbered), ...findings(numbered, without)], ['/ 10.0.0.1:3000 HEALTHY']);
    const open = endpointSlice('cart-1', 'east', ['10.0.0.1'], { ports: [{ name: 'http' }] });
    assert.deepEqual(endpoints(createWorld(service, open)), ['/ 10.0.0.1:80 HEALTHY']);
    const named = createWorld(
      kubeService('cart', 'east', { ports: [{ name: 'http', port: 80, targetPort: 'web' }] }),
      without,
    );
    assert.deepEqual(endpoints(named), []);
    assert.deepEqual(findings(named, without), [
      'warning UnmatchedPort ports: Port 80 of the service refers to the port web of its pods, whose number only the pods have. Set ports on the endpoints.',
    ]);
  });

  it('has hostnames of endpoints that can be part of a DNS name', () => {
    const bad = endpointSlice('cart-1', 'east', [{ addresses: ['10.0.0.1'], hostname: 'Cart_0' }]);
    assert.deepEqual(codes(createWorld(service, bad), bad), ['error InvalidHostname endpoints.0.hostname']);
  });

  it('should have addresses', () => {
    const bad = endpointSlice('cart-1', 'east', [{ addresses: [] }, '10.0.0.1']);
    const world = createWorld(service, bad);
    assert.deepEqual(endpoints(world), ['/ 10.0.0.1:8080 HEALTHY']);
    assert.deepEqual(codes(world, bad), ['error MissingField endpoints.0']);
  });
});

describe('a pod', () => {
  const at = (labels: Readonly<Record<string, string>>, nodeName?: string): readonly string[] =>
    endpoints(
      createWorld(
        service,
        endpointSlice('cart-1', 'east', [{ addresses: ['10.0.0.1'], targetRef: { name: 'p' } }]),
        pod('p', 'east', labels, nodeName),
        node('n1', 'east', 'r1/z1'),
      ),
    );

  it("has the locality of Istio's label, before that of its node", () => {
    assert.deepEqual(at({ 'istio-locality': 'r2.z2.s2' }, 'n1'), ['r2/z2 10.0.0.1:8080 HEALTHY']);
    assert.deepEqual(at({ 'istio-locality': 'r2/z2' }, 'n1'), ['r2/z2 10.0.0.1:8080 HEALTHY']);
  });

  it('has the locality of the labels that Kubernetes copied from its node, if the node is unknown', () => {
    const copied = { 'topology.kubernetes.io/region': 'r3', 'topology.kubernetes.io/zone': 'z3' };
    assert.deepEqual(at(copied, 'gone'), ['r3/z3 10.0.0.1:8080 HEALTHY']);
    assert.deepEqual(at(copied, 'n1'), ['r1/z1 10.0.0.1:8080 HEALTHY']);
  });
});

describe('a Service', () => {
  it('without slices gets a finding, but not an ExternalName or one without TCP ports', () => {
    assert.deepEqual(findings(createWorld(service), service), [
      'warning NoEndpointSlices : No EndpointSlice or Endpoints object belongs to cart.shop.east, so requests to it fail.',
    ]);
    const external = kubeService('cart', 'east', { type: 'ExternalName', externalName: 'cart.example' });
    const dns = kubeService('cart', 'east', { ports: [{ name: 'dns', port: 53, protocol: 'UDP' }] });
    for (const other of [external, dns]) assert.deepEqual(findings(createWorld(other), other), []);
  });

  it('with a port that no slice has gets a finding, until one has it', () => {
    const two = kubeService('cart', 'east', {
      ports: [
        { name: 'http', port: 80 },
        { name: 'http-admin', port: 81 },
      ],
    });
    const world = createWorld(two, slice);
    assert.deepEqual(findings(world, two), [
      'warning UnmatchedPort spec.ports.1: No EndpointSlice of cart.shop.east has port "http-admin", so requests to it fail.',
    ]);
    world.put(endpointSlice('cart-2', 'east', ['10.0.0.1'], { ports: [{ name: 'http-admin', port: 81 }] }));
    assert.deepEqual(findings(world, two), []);
  });

  it('has no endpoints without a valid external name', () => {
    const named = (externalName?: string): Resource<unknown> =>
      kubeService('cart', 'east', { type: 'ExternalName', ...(externalName !== undefined && { externalName }) });
    assert.deepEqual(endpoints(createWorld(named('Localhost.'))), ['/ localhost:80 HEALTHY']);
    for (const [name, code] of [
      ['Bad_Name!', 'error InvalidAddress spec.externalName'],
      ['300.1.1.1', 'error InvalidAddress spec.externalName'],
      [undefined, 'error MissingField spec'],
    ] as const) {
      const world = createWorld(named(name));
      assert.deepEqual([...endpoints(world), ...codes(world, named(name))], [code]);
    }
  });

  it('is ignored with a finding if clients cannot call it by its name', () => {
    const [long, odd] = [
      kubeService(Array.from({ length: 4 }, () => 'a'.repeat(58)).join('.'), 'east'),
      kubeService('no_Ünicode', 'east'),
    ];
    const world = createWorld(long, odd);
    assert.deepEqual(world.graph.keys(world.model.destinations.destinations), []);
    assert.deepEqual(
      [codes(world, long)[0], codes(world, odd)[0]],
      ['error InvalidName metadata.name', 'error InvalidName metadata.name'],
    );
  });

  it('gets a finding for fields without effect', () => {
    const spec = { sessionAffinity: 'ClientIP', internalTrafficPolicy: 'Local', trafficDistribution: 'PreferClose' };
    const strange = kubeService('cart', 'east', spec);
    assert.deepEqual(
      codes(createWorld(strange, slice), strange),
      Object.keys(spec).map((field) => `warning FieldWithoutEffect spec.${field}`),
    );
    const usual = kubeService('cart', 'east', {
      sessionAffinity: 'None',
      internalTrafficPolicy: 'Cluster',
      clusterIP: '10.96.0.1',
    });
    assert.deepEqual(codes(createWorld(usual, slice), usual), []);
    const external = kubeService('cart', 'east', {
      type: 'ExternalName',
      externalName: 'cart.example',
      ports: [{ name: 'http', port: 4443, targetPort: '443' }],
    });
    assert.deepEqual(codes(createWorld(external), external), ['warning FieldWithoutEffect spec.ports.0.targetPort']);
  });

  it('uses endpoints that are not ready if it publishes them', () => {
    const conditions = [{ ready: false }, { ready: false, terminating: true }].map((condition, i) => ({
      addresses: [`10.0.0.${String(i + 1)}`],
      conditions: condition,
    }));
    const world = createWorld(
      kubeService('cart', 'east', { publishNotReadyAddresses: true }),
      endpointSlice('cart-1', 'east', conditions),
    );
    assert.deepEqual(endpoints(world), ['/ 10.0.0.1:8080 HEALTHY', '/ 10.0.0.2:8080 DRAINING']);
  });
});
