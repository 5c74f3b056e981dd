import assert from 'node:assert/strict';
import {
  declaredExternal,
  findingsOf,
  HTTP_PORT,
  declaredService,
  portsOf,
} from '../../../testing/declared-service.js';
import { createWorld } from '../../../testing/world.js';

describe('the protocol of a declared port', () => {
  const speaks = (port: object): string =>
    portsOf(createWorld(declaredService({ ports: [{ port: 7000, ...port }] })))[0]
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

  it('gets one finding if it is guessed', () => {
    const world = createWorld(
      declaredService({
        ports: [
          HTTP_PORT,
          { port: 443, name: 'web' },
          { port: 9153, name: 'metrics' },
          { port: 53, name: 'dns', protocol: 'UDP' },
        ],
      }),
    );
    assert.deepEqual(findingsOf(world), [
      'warning ProtocolGuessed ports.1: The protocol of ports 443 (assumed: TLS), 9153 (assumed: HTTP) of cart.app.east is not declared. Set appProtocol, or a name that begins with the protocol, such as http-web or tcp-db.',
    ]);
  });

  it('gets a finding if it is unknown', () => {
    const world = createWorld(
      declaredService({
        ports: [
          { ...HTTP_PORT, appProtocol: 'example.com/own' },
          { port: 81, name: 'http-b', protocol: 'FOO' },
        ],
      }),
    );
    assert.deepEqual(
      findingsOf(world).map((text) => text.split(':')[0]),
      ['warning UnknownProtocol ports.0.appProtocol', 'error InvalidProtocol ports.1.protocol'],
    );
  });

  it('is that of an external service, including TCP', () => {
    const speaksExternally = (port: object): readonly string[] =>
      portsOf(createWorld(declaredExternal({ ports: [{ number: 7000, ...port }] })));
    assert.deepEqual(speaksExternally({ name: 'http', protocol: 'TCP' }), ['7000 http TCP']);
    assert.deepEqual(speaksExternally({ name: 'x', protocol: 'Https' }), ['7000 x HTTPS']);
    assert.deepEqual(speaksExternally({ name: 'grpc-x' }), ['7000 grpc-x GRPC']);
    assert.deepEqual(speaksExternally({ name: 'x', protocol: 'UDP' }), []);
  });
});
