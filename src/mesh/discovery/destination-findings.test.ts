import assert from 'node:assert/strict';
import type { Resource } from '../../api/resource.js';
import type { DestinationSpec } from '../../generated/resources.js';
import { type World, createWorld, resource } from '../../testing/world.js';
import type { DestinationKey } from '../model/object-key.js';
import { destinationPortKey } from '../model/target-key.js';

type KubeService = NonNullable<DestinationSpec['kubeService']>;
type ExternalService = NonNullable<DestinationSpec['externalService']>;

const ref = { name: 'cart', namespace: 'app', clusterName: 'east' };
const http = { port: 80, name: 'http' };

function kube(spec: KubeService): Resource<DestinationSpec> {
  return resource('Destination', 'cart', { kubeService: { ref, region: 'r1', ports: [http], ...spec } });
}

function withEndpoints(...addresses: readonly string[]): Resource<DestinationSpec> {
  return kube({ endpointSubsets: [{ ports: [http], endpoints: addresses.map((ipAddress) => ({ ipAddress })) }] });
}

function external(spec: ExternalService): Resource<DestinationSpec> {
  return resource('Destination', 'cart', {
    externalService: { hosts: ['cart.example'], ports: [{ number: 80, name: 'http', protocol: 'HTTP' }], ...spec },
  });
}

const KEY = 'cart.failover' as DestinationKey;

function endpoints({ graph, model }: World, port = 80): readonly string[] {
  const groups = graph.read(model.destinations.endpoints, destinationPortKey(KEY, port)) ?? [];
  return groups.flatMap(({ locality: { region, zone, subZone }, endpoints: members }) =>
    members.map(({ address, port: target }) => `${[region, zone, subZone].join('/')} ${address}:${String(target)}`),
  );
}

function findings({ graph, model }: World): readonly string[] {
  return (graph.read(model.destinations.findings, KEY) ?? []).map(
    ({ severity, code, path, message }) => `${severity} ${code} ${path.slice(2).join('.')}: ${message}`,
  );
}

function ports({ graph, model }: World): readonly string[] {
  return (graph.read(model.destinations.destinations, KEY)?.ports ?? []).map(
    ({ number, name, protocol }) => `${String(number)} ${name} ${protocol}`,
  );
}

describe('a Destination with a bad value', () => {
  for (const [address, hint] of [
    ['300.1.1.1', ''],
    ['', ''],
    ['fe80::1%eth0', ''],
    ['10.0.0.0/8', ''],
    ['lb.example.com', ' A DNS name can be an endpoint of an externalService.'],
  ] as const) {
    it(`leaves out the endpoint at "${address}" alone`, () => {
      const world = createWorld(withEndpoints('10.0.0.1', address, '10.0.0.2'));
      assert.deepEqual(endpoints(world), ['r1// 10.0.0.1:80', 'r1// 10.0.0.2:80']);
      assert.deepEqual(findings(world), [
        `error InvalidAddress endpointSubsets.0.endpoints.1.ipAddress: Invalid address ${JSON.stringify(address)}: must be an IP address. The endpoint is ignored.${hint}`,
      ]);
    });
  }

  it('goes on with changes of its other endpoints', () => {
    const world = createWorld(withEndpoints('10.0.0.1', 'cart'));
    world.put(withEndpoints('10.0.0.7', 'cart'));
    assert.deepEqual(endpoints(world), ['r1// 10.0.0.7:80']);
  });

  it('writes every address in one way', () => {
    assert.deepEqual(endpoints(createWorld(withEndpoints('FD00:0::0006', 'fd00::6'))), ['r1// fd00::6:80']);
  });

  for (const clusterName of ['a\nb', 'my cluster', 'käse']) {
    it(`is ignored in a cluster called ${JSON.stringify(clusterName)}, which is no part of a hostname`, () => {
      const world = createWorld(kube({ ref: { ...ref, clusterName } }));
      assert.deepEqual(ports(world), []);
      assert.deepEqual(findings(world), [
        `error InvalidName ref.clusterName: Invalid clusterName ${JSON.stringify(clusterName)}: must be ASCII text without spaces. The Destination is ignored.`,
      ]);
    });
  }

  it('may be in a cluster that is called as contexts of kubeconfig are', () => {
    const world = createWorld(kube({ ref: { ...ref, clusterName: 'arn:aws:eks:eu-west-1:1:cluster/dev@2' } }));
    assert.deepEqual([ports(world), findings(world)], [['80 http HTTP'], []]);
  });

  it('leaves out a port that is none', () => {
    const world = createWorld(
      kube({ ports: [{ port: 70_000, name: 'web' }, http, { name: 'none' }, { port: 0, name: 'zero' }] }),
    );
    assert.deepEqual(ports(world), ['80 http HTTP']);
    assert.deepEqual(findings(world), [
      'error InvalidPortNumber ports.0.port: Invalid port number 70000: must be between 1 and 65535, inclusive. The port is ignored.',
      'error MissingField ports.2: Missing required field "port". The port is ignored.',
      'error InvalidPortNumber ports.3.port: Invalid port number 0: must be between 1 and 65535, inclusive. The port is ignored.',
    ]);
  });

  it('leaves out endpoints at a port that is none', () => {
    const bad = { ports: [{ port: 70_000, name: 'http' }], endpoints: [{ ipAddress: '10.0.0.1' }] };
    const world = createWorld(
      kube({ endpointSubsets: [bad, { ports: [http], endpoints: [{ ipAddress: '10.0.0.2' }] }] }),
    );
    assert.deepEqual(endpoints(world), ['r1// 10.0.0.2:80']);
    assert.deepEqual(findings(world), [
      'error InvalidPortNumber endpointSubsets.0.ports.0.port: Invalid port number 70000: must be between 1 and 65535, inclusive. The endpoints are ignored there.',
    ]);
  });

  it('serves the first of two ports with one number or name', () => {
    const world = createWorld(
      kube({
        ports: [
          http,
          { port: 80, name: 'grpc' },
          { port: 81, name: 'http' },
          { port: 80, name: 'dns', protocol: 'UDP' },
        ],
      }),
    );
    assert.deepEqual(ports(world), ['80 http HTTP']);
    assert.deepEqual(findings(world), [
      'error RepeatedPort ports.1: An earlier port of the service already has the number 80. This port is ignored.',
      'error RepeatedPort ports.2: An earlier port of the service already has the name http. This port is ignored.',
    ]);
  });

  it('leaves out labels that Kubernetes would not take', () => {
    const endpoint = { ipAddress: '10.0.0.1', labels: { version: 'v1', 'a b': 'c', team: 'x/y' } };
    const world = createWorld(
      kube({ labels: { app: '-' }, endpointSubsets: [{ ports: [http], endpoints: [endpoint] }] }),
    );
    const [group] = world.graph.read(world.model.destinations.endpoints, destinationPortKey(KEY, 80)) ?? [];
    assert.deepEqual(group?.endpoints[0]?.labels, { version: 'v1' });
    assert.deepEqual(world.graph.read(world.model.destinations.destinations, KEY)?.labels, {});
    assert.deepEqual(
      findings(world).map((text) => text.split(':')[0]),
      [
        'error InvalidLabel labels.app',
        'error InvalidLabel endpointSubsets.0.endpoints.0.labels.a b',
        'error InvalidLabel endpointSubsets.0.endpoints.0.labels.team',
      ],
    );
  });

  it('is nothing that anybody could call without a name', () => {
    for (const bad of [{ namespace: 'app' }, { name: 'cart' }, { name: 'my cart', namespace: 'app' }]) {
      const world = createWorld(kube({ ref: bad }));
      assert.deepEqual(world.graph.keys(world.model.destinations.destinations), []);
      assert.equal(findings(world).length, 1);
    }
    assert.deepEqual(findings(createWorld(resource('Destination', 'cart', {}))), [
      'error MissingField : Missing required field "kubeService" or "externalService". The Destination is ignored.',
    ]);
  });

  it('gives way to an older one about the same service, and comes back', () => {
    const older = {
      ...resource('Destination', 'zebra', { kubeService: { ref, region: 'r1', ports: [http] } }),
      arrival: 0,
    };
    const world = createWorld(withEndpoints('10.0.0.1'), older);
    assert.deepEqual(world.graph.keys(world.model.destinations.destinations), ['zebra.failover']);
    assert.deepEqual(findings(world), [
      'error AlreadyDeclared ref: Destination zebra.failover already describes cart.app.east. This one is ignored.',
    ]);
    world.remove(older);
    assert.deepEqual(world.graph.keys(world.model.destinations.destinations), [KEY]);
    assert.deepEqual(findings(world), []);
  });
});

describe('the endpoints of a declared service', () => {
  const subset = (own: readonly { port?: number; name?: string }[]): NonNullable<KubeService['endpointSubsets']> => [
    { ports: own, endpoints: [{ ipAddress: '10.0.0.1' }] },
  ];

  it('are at the port of the same name', () => {
    const world = createWorld(
      kube({
        ports: [http, { port: 9, name: 'tcp-x' }],
        endpointSubsets: subset([
          { port: 7, name: 'tcp-x' },
          { port: 8, name: 'http' },
        ]),
      }),
    );
    assert.deepEqual([...endpoints(world), ...endpoints(world, 9)], ['r1// 10.0.0.1:8', 'r1// 10.0.0.1:7']);
    assert.deepEqual(findings(world), []);
  });

  it('are at the target port', () => {
    const target = (port: object): readonly string[] =>
      endpoints(
        createWorld(
          kube({
            ports: [
              { ...http, ...port },
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
    const without = createWorld(kube({ ports: [{ ...http, targetPortNumber: 8080 }], endpointSubsets: subset([]) }));
    assert.deepEqual(endpoints(without), ['r1// 10.0.0.1:8080']);
    assert.deepEqual(findings(without), []);
  });

  it('are at no port of another name', () => {
    const world = createWorld(
      kube({
        ports: [http, { port: 9090, name: 'tcp-metrics' }],
        endpointSubsets: subset([{ port: 9100, name: 'tcp-metrics' }]),
      }),
    );
    assert.deepEqual(endpoints(world), []);
    assert.deepEqual(findings(world), [
      'warning UnmatchedPort ports.0: No endpoint has port 80 (http), so requests to it fail. Add a port with the same name to endpointSubsets.',
    ]);
  });

  it('draw a finding where they have no ports', () => {
    const world = createWorld(kube({ endpointSubsets: subset([]) }));
    assert.deepEqual(endpoints(world), []);
    assert.deepEqual(findings(world), [
      'warning UnmatchedPort endpointSubsets.0: The endpoints have no ports, so the endpoints get no traffic. Give them ports with the same names as the ports of the service.',
    ]);
  });

  it('are told apart by number where ports have no names', () => {
    const unnamed = [{ port: 80 }, { port: 81 }];
    const world = createWorld(kube({ ports: unnamed, endpointSubsets: subset(unnamed) }));
    assert.deepEqual([...endpoints(world), ...endpoints(world, 81)], ['r1// 10.0.0.1:80', 'r1// 10.0.0.1:81']);
  });
});

describe('a Destination without a region', () => {
  const at = (zone: string, labels = {}): World =>
    createWorld(
      kube({
        region: '',
        endpointSubsets: [{ ports: [http], endpoints: [{ ipAddress: '10.0.0.1', subLocality: { zone }, labels }] }],
      }),
    );

  it('keeps its endpoints, and is told', () => {
    assert.deepEqual(endpoints(at('z1')), ['/z1/ 10.0.0.1:80']);
    assert.deepEqual(findings(at('z1')), [
      'warning MissingRegion : The service has no region: only the zone of its endpoints is compared with others. Set kubeService.region.',
    ]);
    assert.deepEqual(findings(at('')), [
      'warning MissingRegion : The service has no region: locality rules do not include its endpoints, and no client is near them. Set kubeService.region.',
    ]);
  });

  it('is where the labels of its endpoints say', () => {
    const labels = { 'topology.kubernetes.io/region': 'r2', 'topology.kubernetes.io/zone': 'z2' };
    assert.deepEqual(endpoints(at('', labels)), ['r2/z2/ 10.0.0.1:80']);
    assert.deepEqual(endpoints(at('z1', labels)), ['r2/z1/ 10.0.0.1:80']);
    assert.deepEqual(findings(at('', labels)), []);
  });
});

describe('an external service with a bad value', () => {
  it('leaves out an endpoint that is neither address nor name', () => {
    const world = createWorld(
      external({
        endpoints: ['300.1.1.1', '10.0.0.1', 'a b', 'DB.Example.', 'fe80::1%0'].map((address) => ({ address })),
      }),
    );
    assert.deepEqual(endpoints(world), ['// 10.0.0.1:80', '// db.example:80']);
    assert.deepEqual(
      findings(world).map((text) => text.split(':')[0]),
      [0, 2, 4].map((i) => `error InvalidAddress endpoints.${String(i)}.address`),
    );
  });

  it('ignores ports under names that it does not have, and numbers that are none', () => {
    const world = createWorld(
      external({
        endpoints: [
          { address: '10.0.0.1', ports: { htp: 8080 } },
          { address: '10.0.0.2', ports: { http: 8080 } },
          { address: '10.0.0.3', ports: { http: 70_000 } },
        ],
      }),
    );
    assert.deepEqual(endpoints(world), ['// 10.0.0.1:80', '// 10.0.0.2:8080']);
    assert.deepEqual(findings(world), [
      'warning UnmatchedPort endpoints.0.ports.htp: The service has no port "htp": its ports are http. The entry is ignored. Did you mean "http"?',
      'error InvalidPortNumber endpoints.2.ports.http: Invalid port number 70000: must be between 1 and 65535, inclusive. The endpoint is ignored there.',
    ]);
  });

  it('leaves out hosts that are none', () => {
    const hosts = [
      'Cart.Example.',
      'cart.example:80',
      'https://cart.example',
      '*',
      'a.*.example',
      `${'a'.repeat(64)}.example`,
    ];
    const world = createWorld(external({ hosts }));
    assert.deepEqual(world.graph.read(world.model.destinations.destinations, KEY)?.hosts, ['cart.example']);
    assert.deepEqual(endpoints(world), ['// cart.example:80']);
    assert.deepEqual(findings(world).slice(0, 2), [
      'error InvalidHostname hosts.1: Invalid host "cart.example:80": a host has no port. Set the ports in "ports". The host is ignored.',
      'error InvalidHostname hosts.2: Invalid host "https://cart.example": it must be a DNS name, not a URL or a range of addresses. The host is ignored.',
    ]);
    assert.equal(findings(world).length, 5);
  });

  it('leaves a wildcard alone that leads nowhere', () => {
    const world = createWorld(external({ hosts: ['*.example.com', 'cart.example'] }));
    assert.deepEqual(world.graph.read(world.model.destinations.destinations, KEY)?.hosts, ['cart.example']);
    assert.deepEqual(endpoints(world), ['// cart.example:80']);
    assert.deepEqual(
      findings(world).map((text) => text.split(':')[0]),
      ['warning HostWithoutAddress hosts.0'],
    );
    const led = createWorld(external({ hosts: ['*.example.com'], endpoints: [{ address: '10.0.0.1' }] }));
    assert.deepEqual(led.graph.read(led.model.destinations.destinations, KEY)?.hosts, ['*.example.com']);
    assert.deepEqual(findings(led), []);
  });

  it('may be called by addresses, and is at them where it has no hosts', () => {
    const world = createWorld(external({ hosts: [], addresses: ['10.0.0.1', 'FD00::1', '10.0.0.0/24'] }));
    assert.deepEqual(world.graph.read(world.model.destinations.destinations, KEY)?.hosts, ['10.0.0.1', '[fd00::1]']);
    assert.deepEqual(endpoints(world), ['// 10.0.0.1:80', '// fd00::1:80']);
    assert.deepEqual(findings(world), [
      'error InvalidAddress addresses.2: Invalid address "10.0.0.0/24": must be an IP address. It is ignored.',
    ]);
  });

  it('is where the labels of its endpoints say', () => {
    const labels = {
      'topology.kubernetes.io/region': 'r2',
      'topology.kubernetes.io/zone': 'z2',
      'topology.istio.io/subzone': 's2',
    };
    assert.deepEqual(endpoints(createWorld(external({ endpoints: [{ address: 'db.example', labels }] }))), [
      'r2/z2/s2 db.example:80',
    ]);
  });

  it('must have hosts and ports', () => {
    assert.deepEqual(findings(createWorld(external({ hosts: [], ports: [] }))), [
      'error MissingHostname : Missing required field "hosts". No client can call the service.',
      'error MissingPort : Missing required field "ports". No client can call the service.',
    ]);
  });
});

describe('a declared service', () => {
  it('is ignored where its hostname would be longer than any is', () => {
    const name = Array.from({ length: 4 }, () => 'a'.repeat(58)).join('.');
    const world = createWorld(kube({ ref: { ...ref, name } }));
    assert.equal(world.graph.read(world.model.destinations.destinations, KEY), undefined);
    assert.deepEqual(findings(world), [
      'error InvalidName ref: Invalid name of a service: its hostname would have 255 characters, and a hostname has at most 253. The Destination is ignored.',
    ]);
  });
});

describe('what is spoken on a declared port', () => {
  const speaks = (port: object): string =>
    ports(createWorld(kube({ ports: [{ port: 7000, ...port }] })))[0]
      ?.split(' ')
      .at(-1) ?? 'nothing';
  const cases: readonly (readonly [object, string])[] = [
    [{ name: 'mysql' }, 'TCP'],
    [{ name: 'redis-primary' }, 'TCP'],
    [{ name: 'mongo' }, 'MONGO'],
    [{ name: 'http-web' }, 'HTTP'],
    [{ name: 'grpc-web' }, 'GRPC'],
    [{ name: 'https' }, 'HTTPS'],
    [{ name: 'tls-x' }, 'TLS'],
    [{ name: 'h2c' }, 'HTTP2'],
    [{ name: 'udp-dns' }, 'nothing'],
    [{ name: 'http', protocol: 'UDP' }, 'nothing'],
    [{ name: 'http', protocol: 'sctp' }, 'nothing'],
    [{ name: 'web', protocol: 'TCP' }, 'HTTP'],
    [{ name: 'web', protocol: 'MONGO' }, 'MONGO'],
    [{ name: 'tcp', appProtocol: 'kubernetes.io/wss' }, 'HTTPS'],
    [{ name: 'tcp', appProtocol: 'kubernetes.io/ws' }, 'HTTP'],
    [{ name: 'tcp', appProtocol: 'HTTP2' }, 'HTTP2'],
    [{ name: 'http', appProtocol: 'postgresql' }, 'TCP'],
    [{ name: 'tcp', appProtocol: 'example.com/own' }, 'TCP'],
    [{ port: 443 }, 'TLS'],
    [{ port: 8443, name: 'web' }, 'TLS'],
    [{ port: 5432 }, 'TCP'],
    [{ port: 27017, name: '' }, 'TCP'],
  ];
  for (const [port, expected] of cases) {
    it(`is ${expected} for ${JSON.stringify(port)}`, () => {
      assert.equal(speaks(port), expected);
    });
  }

  it('is told once where it is guessed', () => {
    const world = createWorld(
      kube({
        ports: [
          http,
          { port: 443, name: 'web' },
          { port: 9153, name: 'metrics' },
          { port: 53, name: 'dns', protocol: 'UDP' },
        ],
      }),
    );
    assert.deepEqual(findings(world), [
      'warning ProtocolGuessed ports.1: The protocol of ports 443 (assumed: TLS), 9153 (assumed: HTTP) of cart.app.east is not declared. Set appProtocol, or a name that begins with the protocol, such as http-web or tcp-db.',
    ]);
  });

  it('is told where it is not known', () => {
    const world = createWorld(
      kube({
        ports: [
          { ...http, appProtocol: 'example.com/own' },
          { port: 81, name: 'http-b', protocol: 'FOO' },
        ],
      }),
    );
    assert.deepEqual(
      findings(world).map((text) => text.split(':')[0]),
      ['warning UnknownProtocol ports.0.appProtocol', 'error InvalidProtocol ports.1.protocol'],
    );
  });

  it('is what an external service says, TCP too', () => {
    const speaksExternally = (port: object): readonly string[] =>
      ports(createWorld(external({ ports: [{ number: 7000, ...port }] })));
    assert.deepEqual(speaksExternally({ name: 'http', protocol: 'TCP' }), ['7000 http TCP']);
    assert.deepEqual(speaksExternally({ name: 'x', protocol: 'Https' }), ['7000 x HTTPS']);
    assert.deepEqual(speaksExternally({ name: 'grpc-x' }), ['7000 grpc-x GRPC']);
    assert.deepEqual(speaksExternally({ name: 'x', protocol: 'UDP' }), []);
  });
});
