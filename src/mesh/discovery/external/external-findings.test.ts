import assert from 'node:assert/strict';
import { DECLARED_KEY, endpointsOf, declaredExternal, findingsOf } from '../../../testing/declared-service.js';
import { createWorld } from '../../../testing/world.js';

describe('an external service', () => {
  it('omits endpoints that are neither addresses nor names', () => {
    const world = createWorld(
      declaredExternal({
        endpoints: ['300.1.1.1', '10.0.0.1', 'a b', 'DB.Example.', 'fe80::1%0'].map((address) => ({ address })),
      }),
    );
    assert.deepEqual(endpointsOf(world), ['// 10.0.0.1:80', '// db.example:80']);
    assert.deepEqual(
      findingsOf(world).map((text) => text.split(':')[0]),
      [0, 2, 4].map((i) => `error InvalidAddress endpoints.${String(i)}.address`),
    );
  });

  it('ignores ports with unknown names or invalid numbers', () => {
    const world = createWorld(
      declaredExternal({
        endpoints: [
          { address: '10.0.0.1', ports: { htp: 8080 } },
          { address: '10.0.0.2', ports: { http: 8080 } },
          { address: '10.0.0.3', ports: { http: 70_000 } },
        ],
      }),
    );
    assert.deepEqual(endpointsOf(world), ['// 10.0.0.1:80', '// 10.0.0.2:8080']);
    assert.deepEqual(findingsOf(world), [
      'warning UnmatchedPort endpoints.0.ports.htp: The service has no port "htp": its ports are http. The entry is ignored. Did you mean "http"?',
      'error InvalidPortNumber endpoints.2.ports.http: Invalid port number 70000: must be between 1 and 65535, inclusive. The endpoint is ignored there.',
    ]);
  });

  it('omits invalid hosts', () => {
    const hosts = [
      'Cart.Example.',
      'cart.example:80',
      'https://cart.example',
      '*',
      'a.*.example',
      `${'a'.repeat(64)}.example`,
    ];
    const world = createWorld(declaredExternal({ hosts }));
    assert.deepEqual(world.graph.read(world.model.destinations.destinations, DECLARED_KEY)?.hosts, ['cart.example']);
    assert.deepEqual(endpointsOf(world), ['// cart.example:80']);
    assert.deepEqual(findingsOf(world).slice(0, 2), [
      'error InvalidHostname hosts.1: Invalid host "cart.example:80": a host has no port. Set the ports in "ports". The host is ignored.',
      'error InvalidHostname hosts.2: Invalid host "https://cart.example": it must be a DNS name, not a URL or a range of addresses. The host is ignored.',
    ]);
    assert.equal(findingsOf(world).length, 5);
  });

  it('allows a wildcard without endpoints', () => {
    const world = createWorld(declaredExternal({ hosts: ['*.example.com', 'cart.example'] }));
    assert.deepEqual(world.graph.read(world.model.destinations.destinations, DECLARED_KEY)?.hosts, ['cart.example']);
    assert.deepEqual(endpointsOf(world), ['// cart.example:80']);
    assert.deepEqual(
      findingsOf(world).map((text) => text.split(':')[0]),
      ['warning HostWithoutAddress hosts.0'],
    );
    const led = createWorld(declaredExternal({ hosts: ['*.example.com'], endpoints: [{ address: '10.0.0.1' }] }));
    assert.deepEqual(led.graph.read(led.model.destinations.destinations, DECLARED_KEY)?.hosts, ['*.example.com']);
    assert.deepEqual(findingsOf(led), []);
  });

  it('may have addresses as hosts, and uses them as endpoints if it has no names', () => {
    const world = createWorld(declaredExternal({ hosts: [], addresses: ['10.0.0.1', 'FD00::1', '10.0.0.0/24'] }));
    assert.deepEqual(world.graph.read(world.model.destinations.destinations, DECLARED_KEY)?.hosts, [
      '10.0.0.1',
      '[fd00::1]',
    ]);
    assert.deepEqual(endpointsOf(world), ['// 10.0.0.1:80', '// fd00::1:80']);
    assert.deepEqual(findingsOf(world), [
      'error InvalidAddress addresses.2: Invalid address "10.0.0.0/24": must be an IP address. It is ignored.',
    ]);
  });

  it('gets localities from the labels of its endpoints', () => {
    const labels = {
      'topology.kubernetes.io/region': 'r2',
      'topology.kubernetes.io/zone': 'z2',
      'topology.istio.io/subzone': 's2',
    };
    assert.deepEqual(endpointsOf(createWorld(declaredExternal({ endpoints: [{ address: 'db.example', labels }] }))), [
      'r2/z2/s2 db.example:80',
    ]);
  });

  it('requires hosts and ports', () => {
    assert.deepEqual(findingsOf(createWorld(declaredExternal({ hosts: [], ports: [] }))), [
      'error MissingHostname : Missing required field "hosts". No client can call the service.',
      'error MissingPort : Missing required field "ports". No client can call the service.',
    ]);
  });
});
