import assert from 'node:assert/strict';
import fc from 'fast-check';
import { propertyRuns } from '../../../testing/property-runs.js';
import type { Resource } from '../../../api/resource.js';
import type { EndpointSlice } from '../../../generated/resources.js';
import { endpointSlice, kubeService, node, pod } from '../../../testing/kubernetes.js';
import { type World, createWorld, destination, mesh } from '../../../testing/world.js';
import { serviceKey } from '../../model/kube-key.js';
import type { MeshKey, DestinationKey } from '../../model/object-key.js';
import { destinationPortKey } from '../../model/target-key.js';
import { destinationCluster } from '../../model/cluster-key.js';

/** Every endpoint of a port as `region/zone/subZone address:port HEALTH labels`. */
function endpoints({ graph, model }: World, key: DestinationKey, port = 80): readonly string[] {
  const groups = graph.read(model.destinations.endpoints, destinationPortKey(key, port)) ?? [];
  return groups.flatMap(({ locality: { region, zone, subZone }, endpoints: members }) =>
    members.map(({ address, port: target, health, labels }) => {
      const place = `${region}/${zone}/${subZone}`;
      return [place, `${address}:${target}`, health, ...Object.entries(labels).map((pair) => pair.join('='))].join(' ');
    }),
  );
}

const KEY = 'cart-shop-east.shop' as DestinationKey;
const service = kubeService('cart', 'east');

describe('the endpoints of a discovered service', () => {
  const at = (extra: NonNullable<EndpointSlice['endpoints']>[number]): Resource<EndpointSlice> =>
    endpointSlice('cart-1', 'east', [{ addresses: ['10.0.0.1'], ...extra }]);
  const cases: readonly (readonly [string, readonly Resource<unknown>[], readonly string[]])[] = [
    [
      'stand in no locality where nothing tells',
      [service, endpointSlice('cart-1', 'east', ['10.0.0.1'])],
      ['// 10.0.0.1:8080 HEALTHY'],
    ],
    [
      'stand where their node is',
      [service, at({ nodeName: 'n1' }), node('n1', 'east', 'r1/z1/s1')],
      ['r1/z1/s1 10.0.0.1:8080 HEALTHY'],
    ],
    [
      'do not mind nodes of other clusters',
      [service, at({ nodeName: 'n1' }), node('n1', 'west', 'r1/z1/s1')],
      ['// 10.0.0.1:8080 HEALTHY'],
    ],
    [
      'take the zone from the slice where there is no node',
      [service, at({ nodeName: 'n1', zone: 'z2' })],
      ['/z2/ 10.0.0.1:8080 HEALTHY'],
    ],
    [
      'believe the node more than the slice',
      [service, at({ nodeName: 'n1', zone: 'z2' }), node('n1', 'east', 'r1/z1')],
      ['r1/z1/ 10.0.0.1:8080 HEALTHY'],
    ],
    [
      'have the labels of their pod, and its node',
      [
        service,
        at({ targetRef: { kind: 'Pod', name: 'p1' } }),
        pod('p1', 'east', { version: 'v1' }, 'n1'),
        node('n1', 'east', 'r1'),
      ],
      ['r1// 10.0.0.1:8080 HEALTHY version=v1'],
    ],
    [
      'have no labels from pods of other clusters',
      [service, at({ targetRef: { kind: 'Pod', name: 'p1' } }), pod('p1', 'west', { version: 'v1' })],
      ['// 10.0.0.1:8080 HEALTHY'],
    ],
    ['are unhealthy when not ready', [service, at({ conditions: { ready: false } })], ['// 10.0.0.1:8080 UNHEALTHY']],
    [
      'are draining when terminating',
      [service, at({ conditions: { ready: false, terminating: true } })],
      ['// 10.0.0.1:8080 DRAINING'],
    ],
    ['are healthy when ready is not known', [service, at({ conditions: {} })], ['// 10.0.0.1:8080 HEALTHY']],
    [
      'come from all slices, each address once',
      [
        service,
        endpointSlice('cart-1', 'east', ['10.0.0.2', '10.0.0.1']),
        endpointSlice('cart-2', 'east', ['10.0.0.3', '10.0.0.1']),
      ],
      ['// 10.0.0.1:8080 HEALTHY', '// 10.0.0.2:8080 HEALTHY', '// 10.0.0.3:8080 HEALTHY'],
    ],
    ['do not come from slices of other clusters', [service, endpointSlice('cart-1', 'west', ['10.0.0.1'])], []],
    [
      'do not come from slices of other services',
      [service, endpointSlice('cart-1', 'east', ['10.0.0.1'], { service: 'other' })],
      [],
    ],
    [
      'are at the port of the same name',
      [
        kubeService('cart', 'east', {
          ports: [
            { name: 'metrics', port: 9090 },
            { name: 'http', port: 80 },
          ],
        }),
        endpointSlice('cart-1', 'east', ['10.0.0.1'], {
          ports: [
            { name: 'metrics', port: 1 },
            { name: 'http', port: 2 },
          ],
        }),
        endpointSlice('cart-2', 'east', ['10.0.0.2'], { ports: [{ name: 'metrics', port: 3 }] }),
      ],
      ['// 10.0.0.1:2 HEALTHY'],
    ],
    [
      'are at the only port whatever its name',
      [kubeService('cart', 'east', { ports: [{ port: 80 }] }), endpointSlice('cart-1', 'east', ['10.0.0.1'])],
      ['// 10.0.0.1:8080 HEALTHY'],
    ],
    [
      'are never at a port of UDP',
      [
        kubeService('cart', 'east', {
          ports: [
            { name: 'dns', port: 80, protocol: 'UDP' },
            { name: 'dns-tcp', port: 80 },
          ],
        }),
        endpointSlice('cart-1', 'east', ['10.0.0.1'], {
          ports: [
            { name: 'dns', port: 1, protocol: 'UDP' },
            { name: 'dns-tcp', port: 2, protocol: 'TCP' },
          ],
        }),
      ],
      ['// 10.0.0.1:2 HEALTHY'],
    ],
    [
      'are at the target port where the slice has none',
      [
        kubeService('cart', 'east', { ports: [{ name: 'http', port: 80, targetPort: 3000 }] }),
        {
          ...endpointSlice('cart-1', 'east', []),
          spec: { addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'] }] },
        },
      ],
      ['// 10.0.0.1:3000 HEALTHY'],
    ],
    [
      'are left out where the address is none',
      [service, endpointSlice('cart-1', 'east', ['10.0.0', '10.0.0.1'])],
      ['// 10.0.0.1:8080 HEALTHY'],
    ],
    [
      'may be DNS names',
      [service, endpointSlice('cart-1', 'east', ['db.example.com'], { addressType: 'FQDN' })],
      ['// db.example.com:8080 HEALTHY'],
    ],
    [
      'of an ExternalName service are the name',
      [kubeService('cart', 'east', { type: 'ExternalName', externalName: 'db.example.com' })],
      ['// db.example.com:80 HEALTHY'],
    ],
    [
      'of a headless service are the same',
      [kubeService('cart', 'east', { clusterIP: 'None' }), endpointSlice('cart-1', 'east', ['10.0.0.1'])],
      ['// 10.0.0.1:8080 HEALTHY'],
    ],
  ];
  for (const [name, resources, expected] of cases) {
    it(name, () => {
      assert.deepEqual(endpoints(createWorld(...resources), KEY), expected);
    });
  }
});

describe('a discovered destination', () => {
  const find = ({ graph, model }: World, name: string, cluster: string): readonly unknown[] =>
    (graph.read(model.destinations.byService, serviceKey({ name, namespace: 'shop', cluster })) ?? []).map((found) =>
      graph.read(model.destinations.destinations, found),
    );

  it('has the name of its service, namespace and cluster, and the namespace of the service without a Mesh', () => {
    const [found] = find(createWorld(service), 'cart', 'east');
    assert.deepEqual(found, {
      key: 'cart-shop-east.shop',
      ref: { name: 'cart-shop-east', namespace: 'shop' },
      service: { name: 'cart', namespace: 'shop', cluster: 'east' },
      hosts: [],
      ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
      labels: { app: 'cart' },
      mesh: '',
    });
  });

  it("has the namespace of its cluster's Mesh, and joins and leaves the mesh", () => {
    const world = createWorld(service, mesh('west', 'west'));
    const keys = (): readonly string[] => world.graph.keys(world.model.destinations.destinations);
    assert.deepEqual(keys(), ['cart-shop-east.shop']);
    world.put(mesh('istiod', 'east'));
    assert.deepEqual(keys(), ['cart-shop-east.failover']);
    assert.deepEqual(world.graph.read(world.model.destinations.byMesh, 'istiod.failover' as MeshKey), [
      'cart-shop-east.failover',
    ]);
    world.remove(mesh('istiod', 'east'));
    assert.deepEqual(keys(), ['cart-shop-east.shop']);
  });

  it('belongs to one cluster', () => {
    const world = createWorld(service, kubeService('cart', 'west'), kubeService('cart', ''));
    assert.deepEqual(world.graph.keys(world.model.destinations.destinations), [
      'cart-shop-east.shop',
      'cart-shop-west.shop',
      'cart-shop.shop',
    ]);
  });

  it('differs from one whose usual name is the same', () => {
    const other = {
      ...kubeService('a', 'east'),
      ref: { kind: 'Service', namespace: 'b-c', name: 'a', cluster: 'east' },
    };
    const same = {
      ...kubeService('a-b', 'east'),
      ref: { kind: 'Service', namespace: 'c', name: 'a-b', cluster: 'east' },
    };
    const { graph, model } = createWorld(other, same);
    assert.deepEqual(graph.keys(model.destinations.destinations), ['a-b-c-east.b-c', 'a-b.c.east.c']);
  });

  it('is replaced by a Destination about the same service, and restored', () => {
    const declared = destination('cart', 'east', { endpoints: ['10.9.9.9'] });
    const resource = {
      ...declared,
      spec: {
        kubeService: { ...declared.spec?.kubeService, ref: { name: 'cart', namespace: 'shop', clusterName: 'east' } },
      },
    };
    const world = createWorld(service, endpointSlice('cart-1', 'east', ['10.0.0.1']), resource);
    const { graph, model } = world;
    const warnings = (): readonly string[] =>
      (graph.read(model.destinations.discovery.serviceFindings, serviceKey(service.ref)) ?? []).map(
        ({ severity, message }) => `${severity}: ${message}`,
      );
    assert.deepEqual(graph.keys(model.destinations.destinations), ['cart-app-east.failover']);
    assert.deepEqual(endpoints(world, 'cart-app-east.failover' as DestinationKey), ['// 10.9.9.9:80 HEALTHY']);
    assert.deepEqual(warnings(), [
      'warning: Destination cart-app-east.failover already describes cart.shop.east. The Service and its EndpointSlices are ignored.',
    ]);
    world.remove(resource);
    assert.deepEqual(graph.keys(model.destinations.destinations), [KEY]);
    assert.deepEqual(warnings(), []);
  });

  const protocols: readonly (readonly [string, string, string])[] = [
    ['http-web', '', 'HTTP'],
    ['grpc', '', 'GRPC'],
    ['web', 'kubernetes.io/h2c', 'HTTP2'],
    ['tcp-db', '', 'TCP'],
    ['http', 'mongo', 'MONGO'],
    ['', '', 'HTTP'],
  ];
  for (const [name, appProtocol, expected] of protocols) {
    it(`has the protocol ${expected} for a port named "${name}" with appProtocol "${appProtocol}"`, () => {
      const port = { port: 80, name, ...(appProtocol !== '' && { appProtocol }) };
      const { graph, model } = createWorld(kubeService('cart', 'east', { ports: [port] }));
      assert.equal(graph.read(model.destinations.destinations, KEY)?.ports[0]?.protocol, expected);
    });
  }

  it('is a DNS cluster if its endpoints are names', () => {
    const typeOf = (...resources: readonly Resource<unknown>[]): string | undefined => {
      const { graph, model } = createWorld(...resources);
      return graph.read(model.clusters.clusters, destinationCluster(KEY, 80))?.type;
    };
    assert.equal(typeOf(service, endpointSlice('cart-1', 'east', ['10.0.0.1'])), 'EDS');
    assert.equal(
      typeOf(service, endpointSlice('cart-1', 'east', ['db.example.com'], { addressType: 'FQDN' })),
      'STRICT_DNS',
    );
    assert.equal(
      typeOf(kubeService('cart', 'east', { type: 'ExternalName', externalName: 'db.example.com' })),
      'STRICT_DNS',
    );
    assert.equal(typeOf(kubeService('cart', 'east', { type: 'ExternalName', externalName: '10.0.0.9' })), 'EDS');
  });
});

describe('discovery', () => {
  it('has the same result in any order of changes', () => {
    const two = (name: string): readonly Resource<unknown>[] => [
      mesh(`istiod-${name}`, name),
      kubeService('cart', name),
      endpointSlice('cart-1', name, [
        { addresses: ['10.0.0.1'], nodeName: 'n1' },
        { addresses: ['10.0.0.2'], nodeName: 'n2' },
      ]),
      endpointSlice('cart-2', name, [{ addresses: ['10.0.0.2'], nodeName: 'n2', targetRef: { name: 'p' } }]),
      node('n1', name, `${name}/z1`),
      node('n2', name, `${name}/z2`),
      pod('p', name, { version: name }),
      destination('cart', name),
    ];
    const all = [...two('east'), ...two('west')];
    const picture = (world: World): unknown => {
      const { graph, model } = world;
      const keys = graph.keys(model.destinations.destinations);
      return keys.map((found) => [graph.read(model.destinations.destinations, found), endpoints(world, found)]);
    };
    const expected = picture(createWorld(...all));
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), fc.shuffledSubarray(all), (order, gone) => {
        const world = createWorld();
        for (const resource of order) world.put(resource);
        world.remove(...gone);
        world.put(...gone);
        assert.deepEqual(picture(world), expected);
      }),
      { numRuns: propertyRuns(30) },
    );
  });
});
