import assert from 'node:assert/strict';
import { decodeEnvoyMessage, encodeEnvoyMessage } from '../../proto/envoy-types.js';
import { type EncodedRoutes, routeConfigurationEncoder } from './route-configuration.js';

function host(name: string, ...clusters: readonly string[]): EncodedRoutes {
  return { name, bytes: encodeEnvoyMessage('envoy.config.route.v3.VirtualHost', { name, domains: [name] }), clusters };
}

describe('a route configuration', () => {
  const [one, two] = [host('one', 'b', 'a'), host('two', 'b')];

  it('contains its hosts in order and names their clusters', () => {
    const { name, bytes, clusters } = routeConfigurationEncoder()('8080', [one, two]);
    const { virtualHosts = [] } = decodeEnvoyMessage('envoy.config.route.v3.RouteConfiguration', bytes);
    assert.deepEqual([name, virtualHosts.map((found) => found.name), clusters], ['8080', ['one', 'two'], ['a', 'b']]);
  });

  it('is one object for all clients with the same hosts', () => {
    const encode = routeConfigurationEncoder();
    const first = encode('8080', [one, two]);
    assert.equal(encode('8080', [one, two]), first);
    for (const [port, hosts] of [
      ['8081', [one, two]],
      ['8080', [one]],
      ['8080', [two, one]],
      ['8080', [one, host('two', 'b')]],
    ] as const) {
      assert.notEqual(encode(port, hosts), first);
      encode('8080', [one, two]);
    }
    assert.deepEqual(encode('8080', []).clusters, []);
  });
});
