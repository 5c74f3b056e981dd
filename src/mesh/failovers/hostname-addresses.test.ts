import assert from 'node:assert/strict';
import { createWorld, destination, failoverService, resource, trafficPolicy } from '../../testing/world.js';
import { candidateAddresses } from './hostname-addresses.js';
import { failoverKey } from '../model/failover-key.js';

const api = [
  destination('api', 'east', { endpoints: ['10.0.0.1'] }),
  trafficPolicy('outliers', ['api@east'], { outlierDetection: {} }),
];

describe('addresses of failover hostnames', () => {
  it('are those of Gloo Mesh', () => {
    for (const [name, expected] of Object.entries(known))
      assert.equal(candidateAddresses({ name, namespace: 'gloo-mesh' })[0], expected);
  });

  it('are in 240.0.0.0/4, with several candidates for each', () => {
    for (let i = 0; i < 1000; i++) {
      const addresses = candidateAddresses({ name: `name-${i}`, namespace: 'ns' });
      assert.equal(addresses.length, 4);
      for (const address of addresses) assert.match(address, /^2[45]\d\./);
    }
  });

  it('differ for equal names and namespaces, in any order of resources', () => {
    const service = failoverService('api', ['api@east'], { hostname: 'a.global' });
    const virtual = resource('VirtualDestination', 'api', {
      hostname: 'b.global',
      port: { number: 81, protocol: 'HTTP' },
      static: { destinations: [{ kubeService: { name: 'api', namespace: 'app', clusterName: 'east' } }] },
    });
    const [first, second] = candidateAddresses(service.ref);
    for (const order of [
      [service, virtual],
      [virtual, service],
    ]) {
      const { graph, model } = createWorld(...api, ...order);
      const addresses = [service, virtual].map(({ ref }) => graph.read(model.failovers.addresses, failoverKey(ref)));
      assert.deepEqual(addresses, [first, second]);
    }
  });

  it('return to the better candidate when it is free', () => {
    const service = failoverService('api', ['api@east'], { hostname: 'a.global' });
    const virtual = resource('VirtualDestination', 'api', {
      hostname: 'b.global',
      port: { number: 81, protocol: 'HTTP' },
      static: { destinations: [{ kubeService: { name: 'api', namespace: 'app', clusterName: 'east' } }] },
    });
    const world = createWorld(...api, service, virtual);
    world.remove(service);
    assert.equal(
      world.graph.read(world.model.failovers.addresses, failoverKey(virtual.ref)),
      candidateAddresses(virtual.ref)[0],
    );
  });
});

/** Addresses in the namespace gloo-mesh. */
const known: Readonly<Record<string, string>> = { db: '254.150.2.236', 'reviews-global': '251.235.190.239' };
