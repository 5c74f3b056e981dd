import assert from 'node:assert/strict';
import {
  type KubeService,
  DECLARED_KEY,
  endpointsOf,
  findingsOf,
  HTTP_PORT,
  declaredService,
  portsOf,
  SERVICE_REF,
  withEndpoints,
} from '../../testing/declared-service.js';
import { type World, createWorld, resource } from '../../testing/world.js';
import { destinationPortKey } from '../../mesh/model/target-key.js';

describe('a Destination with a bad value', () => {
  for (const [address, hint] of [
    ['300.1.1.1', ''],
    ['', ''],
    ['fe80::1%eth0', ''],
    ['10.0.0.0/8', ''],
    ['lb.example.com', ' A DNS name can be an endpoint of an externalService.'],
  ] as const) {
    it(`leaves out only the endpoint at "${address}"`, () => {
      const world = createWorld(withEndpoints('10.0.0.1', address, '10.0.0.2'));
      assert.deepEqual(endpointsOf(world), ['r1// 10.0.0.1:80', 'r1// 10.0.0.2:80']);
      assert.deepEqual(findingsOf(world), [
        `error InvalidAddress endpointSubsets.0.endpoints.1.ipAddress: Invalid address ${JSON.stringify(address)}: must be an IP address. The endpoint is ignored.${hint}`,
      ]);
    });
  }

  it('still applies changes of its other endpoints', () => {
    const world = createWorld(withEndpoints('10.0.0.1', 'cart'));
    world.put(withEndpoints('10.0.0.7', 'cart'));
    assert.deepEqual(endpointsOf(world), ['r1// 10.0.0.7:80']);
  });

  it('writes every address in its canonical form', () => {
    assert.deepEqual(endpointsOf(createWorld(withEndpoints('FD00:0::0006', 'fd00::6'))), ['r1// fd00::6:80']);
  });

  for (const clusterName of ['a\nb', 'my cluster', 'käse']) {
    it(`is ignored in a cluster with the name ${JSON.stringify(clusterName)}, which cannot be a part of a hostname`, () => {
      const world = createWorld(declaredService({ ref: { ...SERVICE_REF, clusterName } }));
      assert.deepEqual(portsOf(world), []);
      assert.deepEqual(findingsOf(world), [
        `error InvalidName ref.clusterName: Invalid clusterName ${JSON.stringify(clusterName)}: must be ASCII text without spaces. The Destination is ignored.`,
      ]);
    });
  }

  it('may be in a cluster with the name of a kubeconfig context', () => {
    const world = createWorld(
      declaredService({ ref: { ...SERVICE_REF, clusterName: 'arn:aws:eks:eu-west-1:1:cluster/dev@2' } }),
    );
    assert.deepEqual([portsOf(world), findingsOf(world)], [['80 http HTTP'], []]);
  });

  it('leaves out an invalid port', () => {
    const world = createWorld(
      declaredService({
        ports: [{ port: 70_000, name: 'web' }, HTTP_PORT, { name: 'none' }, { port: 0, name: 'zero' }],
      }),
    );
    assert.deepEqual(portsOf(world), ['80 http HTTP']);
    assert.deepEqual(findingsOf(world), [
      'error InvalidPortNumber ports.0.port: Invalid port number 70000: must be between 1 and 65535, inclusive. The port is ignored.',
      'error MissingField ports.2: Missing required field "port". The port is ignored.',
      'error InvalidPortNumber ports.3.port: Invalid port number 0: must be between 1 and 65535, inclusive. The port is ignored.',
    ]);
  });

  it('leaves out endpoints at an invalid port', () => {
    const bad = { ports: [{ port: 70_000, name: 'http' }], endpoints: [{ ipAddress: '10.0.0.1' }] };
    const world = createWorld(
      declaredService({ endpointSubsets: [bad, { ports: [HTTP_PORT], endpoints: [{ ipAddress: '10.0.0.2' }] }] }),
    );
    assert.deepEqual(endpointsOf(world), ['r1// 10.0.0.2:80']);
    assert.deepEqual(findingsOf(world), [
      'error InvalidPortNumber endpointSubsets.0.ports.0.port: Invalid port number 70000: must be between 1 and 65535, inclusive. The endpoints are ignored there.',
    ]);
  });

  it('uses the first of two ports with the same number or name', () => {
    const world = createWorld(
      declaredService({
        ports: [
          HTTP_PORT,
          { port: 80, name: 'grpc' },
          { port: 81, name: 'http' },
          { port: 80, name: 'dns', protocol: 'UDP' },
        ],
      }),
    );
    assert.deepEqual(portsOf(world), ['80 http HTTP']);
    assert.deepEqual(findingsOf(world), [
      'error RepeatedPort ports.1: An earlier port of the service already has the number 80. This port is ignored.',
      'error RepeatedPort ports.2: An earlier port of the service already has the name http. This port is ignored.',
    ]);
  });

  it('leaves out labels that Kubernetes would not accept', () => {
    const endpoint = { ipAddress: '10.0.0.1', labels: { version: 'v1', 'a b': 'c', team: 'x/y' } };
    const world = createWorld(
      declaredService({ labels: { app: '-' }, endpointSubsets: [{ ports: [HTTP_PORT], endpoints: [endpoint] }] }),
    );
    const [group] = world.graph.read(world.model.destinations.endpoints, destinationPortKey(DECLARED_KEY, 80)) ?? [];
    assert.deepEqual(group?.endpoints[0]?.labels, { version: 'v1' });
    assert.deepEqual(world.graph.read(world.model.destinations.destinations, DECLARED_KEY)?.labels, {});
    assert.deepEqual(
      findingsOf(world).map((text) => text.split(':')[0]),
      [
        'error InvalidLabel labels.app',
        'error InvalidLabel endpointSubsets.0.endpoints.0.labels.a b',
        'error InvalidLabel endpointSubsets.0.endpoints.0.labels.team',
      ],
    );
  });

  it('is ignored without a name', () => {
    for (const bad of [{ namespace: 'app' }, { name: 'cart' }, { name: 'my cart', namespace: 'app' }]) {
      const world = createWorld(declaredService({ ref: bad }));
      assert.deepEqual(world.graph.keys(world.model.destinations.destinations), []);
      assert.equal(findingsOf(world).length, 1);
    }
    assert.deepEqual(findingsOf(createWorld(resource('Destination', 'cart', {}))), [
      'error MissingField : Missing required field "kubeService" or "externalService". The Destination is ignored.',
    ]);
  });

  it('is replaced by an older one about the same service, and restored', () => {
    const older = {
      ...resource('Destination', 'zebra', { kubeService: { ref: SERVICE_REF, region: 'r1', ports: [HTTP_PORT] } }),
      arrival: 0,
    };
    const world = createWorld(withEndpoints('10.0.0.1'), older);
    assert.deepEqual(world.graph.keys(world.model.destinations.destinations), ['zebra.failover']);
    assert.deepEqual(findingsOf(world), [
      'error AlreadyDeclared ref: Destination zebra.failover already describes cart.app.east. This one is ignored.',
    ]);
    world.remove(older);
    assert.deepEqual(world.graph.keys(world.model.destinations.destinations), [DECLARED_KEY]);
    assert.deepEqual(findingsOf(world), []);
  });
});

describe('the endpoints of a declared service', () => {
  const subset = (own: readonly { port?: number; name?: string }[]): NonNullable<KubeService['endpointSubsets']> => [
    { ports: own, endpoints: [{ ipAddress: '10.0.0.1' }] },
  ];

  it('use the port of the same name', () => {
    const world = createWorld(
      declaredService({
        ports: [HTTP_PORT, { port: 9, name: 'tcp-x' }],
        endpointSubsets: subset([
          { port: 7, name: 'tcp-x' },
          { port: 8, name: 'http' },
        ]),
      }),
    );
    assert.deepEqual([...endpointsOf(world), ...endpointsOf(world, 9)], ['r1// 10.0.0.1:8', 'r1// 10.0.0.1:7']);
    assert.deepEqual(findingsOf(world), []);
  });

  it('use the target port', () => {
    const target = (port: object): readonly string[] =>
      endpointsOf(
        createWorld(
          declaredService({
            ports: [
              { ...HTTP_PORT, ...port },
              { port: 81, name: 'tcp-x' },
            ],
            endpointSubsets: subset([
              { port: 8080, name: 'web' },
              { port: 9, name: 'other' },
            ]),
          }),
        ),
      );
    assert.deepEqual(target({ targetPortName: 'web' }), ['r1// 10.0.0.1:8080']);
    assert.deepEqual(target({ targetPortNumber: 8080 }), ['r1// 10.0.0.1:8080']);
    assert.deepEqual(target({ targetPortNumber: 1 }), []);
    const without = createWorld(
      declaredService({ ports: [{ ...HTTP_PORT, targetPortNumber: 8080 }], endpointSubsets: subset([]) }),
    );
    assert.deepEqual(endpointsOf(without), ['r1// 10.0.0.1:8080']);
    assert.deepEqual(findingsOf(without), []);
  });

  it('use no port of another name', () => {
    const world = createWorld(
      declaredService({
        ports: [HTTP_PORT, { port: 9090, name: 'tcp-metrics' }],
        endpointSubsets: subset([{ port: 9100, name: 'tcp-metrics' }]),
      }),
    );
    assert.deepEqual(endpointsOf(world), []);
    assert.deepEqual(findingsOf(world), [
      'warning UnmatchedPort ports.0: No endpoint has port 80 (http), so requests to it fail. Add a port with the same name to endpointSubsets.',
    ]);
  });

  it('get a finding if they have no ports', () => {
    const world = createWorld(declaredService({ endpointSubsets: subset([]) }));
    assert.deepEqual(endpointsOf(world), []);
    assert.deepEqual(findingsOf(world), [
      'warning UnmatchedPort endpointSubsets.0: The endpoints have no ports, so the endpoints get no traffic. Give them ports with the same names as the ports of the service.',
    ]);
  });

  it('use the port of the same number if ports have no names', () => {
    const unnamed = [{ port: 80 }, { port: 81 }];
    const world = createWorld(declaredService({ ports: unnamed, endpointSubsets: subset(unnamed) }));
    assert.deepEqual([...endpointsOf(world), ...endpointsOf(world, 81)], ['r1// 10.0.0.1:80', 'r1// 10.0.0.1:81']);
  });
});

describe('a Destination without a region', () => {
  const at = (zone: string, labels = {}): World =>
    createWorld(
      declaredService({
        region: '',
        endpointSubsets: [
          { ports: [HTTP_PORT], endpoints: [{ ipAddress: '10.0.0.1', subLocality: { zone }, labels }] },
        ],
      }),
    );

  it('keeps its endpoints, with a finding', () => {
    assert.deepEqual(endpointsOf(at('z1')), ['/z1/ 10.0.0.1:80']);
    assert.deepEqual(findingsOf(at('z1')), [
      'warning MissingRegion : The service has no region: only the zone of its endpoints is compared with others. Set kubeService.region.',
    ]);
    assert.deepEqual(findingsOf(at('')), [
      'warning MissingRegion : The service has no region: locality rules do not include its endpoints, and no client is near them. Set kubeService.region.',
    ]);
  });

  it('gets the region from the labels of its endpoints', () => {
    const labels = { 'topology.kubernetes.io/region': 'r2', 'topology.kubernetes.io/zone': 'z2' };
    assert.deepEqual(endpointsOf(at('', labels)), ['r2/z2/ 10.0.0.1:80']);
    assert.deepEqual(endpointsOf(at('z1', labels)), ['r2/z1/ 10.0.0.1:80']);
    assert.deepEqual(findingsOf(at('', labels)), []);
  });
});

describe('a declared service', () => {
  it('is ignored if its hostname would be too long', () => {
    const name = Array.from({ length: 4 }, () => 'a'.repeat(58)).join('.');
    const world = createWorld(declaredService({ ref: { ...SERVICE_REF, name } }));
    assert.equal(world.graph.read(world.model.destinations.destinations, DECLARED_KEY), undefined);
    assert.deepEqual(findingsOf(world), [
      'error InvalidName ref: Invalid name of a service: its hostname would have 255 characters, and a hostname has at most 253. The Destination is ignored.',
    ]);
  });
});
