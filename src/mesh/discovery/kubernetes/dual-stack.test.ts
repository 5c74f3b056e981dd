import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Resource } from '../../../api/resource.js';
import { endpointSlice, kubeService } from '../../../testing/kubernetes.js';
import { type World, createWorld } from '../../../testing/world.js';
import type { Health } from '../../model/model.js';
import { type OwnedEndpoint, mergeFamilies } from './dual-stack.js';
import type { DestinationKey } from '../../model/object-key.js';
import { destinationPortKey } from '../../model/target-key.js';

/** Every endpoint of the port as `address+additional HEALTH`. */
function endpoints({ graph, model }: World): readonly string[] {
  const groups =
    graph.read(model.destinations.endpoints, destinationPortKey('cart-shop-east.shop' as DestinationKey, 80)) ?? [];
  return groups.flatMap((group) =>
    group.endpoints.map(
      ({ address, additionalAddresses = [], health }) => `${[address, ...additionalAddresses].join('+')} ${health}`,
    ),
  );
}

/** `pod@address`, with `!` for one that is not ready. */
function slice(name: string, addressType: string, ...pods: readonly string[]): Resource<unknown> {
  const written = pods.map((text) => {
    const [pod = '', address = ''] = text.replace('!', '').split('@');
    return {
      addresses: [address],
      conditions: { ready: !text.endsWith('!') },
      ...(pod !== '' && { targetRef: { kind: 'Pod', name: pod, uid: `${pod}-uid` } }),
    };
  });
  return endpointSlice(name, 'east', written, { addressType });
}

const v4 = slice('cart-4', 'IPv4', 'a@10.0.0.1', 'b@10.0.0.2');
const v6 = slice('cart-6', 'IPv6', 'a@fd00::1', 'b@FD00:0::0002');

describe('a pod with addresses of both families', () => {
  it('is one endpoint, with IPv4 first by default', () => {
    assert.deepEqual(endpoints(createWorld(kubeService('cart', 'east'), v4, v6)), [
      '10.0.0.1+fd00::1 HEALTHY',
      '10.0.0.2+fd00::2 HEALTHY',
    ]);
  });

  for (const [how, spec] of [
    ['by ipFamilies', { ipFamilies: ['IPv6', 'IPv4'] }],
    ['by clusterIPs', { clusterIPs: ['fd00:1::1', '10.96.0.1'] }],
    ['by clusterIP', { clusterIP: 'fd00:1::1' }],
    ['by ipFamilies more than by clusterIP', { ipFamilies: ['IPv6'], clusterIP: '10.96.0.1' }],
  ] as const) {
    it(`has IPv6 first if the service says so ${how}`, () => {
      assert.deepEqual(endpoints(createWorld(kubeService('cart', 'east', spec), v4, v6)), [
        'fd00::1+10.0.0.1 HEALTHY',
        'fd00::2+10.0.0.2 HEALTHY',
      ]);
    });
  }

  it('has the worse health of its two endpoints', () => {
    const world = createWorld(kubeService('cart', 'east'), v4, slice('cart-6', 'IPv6', 'a@fd00::1!', 'b@fd00::2'));
    assert.deepEqual(endpoints(world), ['10.0.0.1+fd00::1 UNHEALTHY', '10.0.0.2+fd00::2 HEALTHY']);
  });

  it('keeps the other address when it loses one', () => {
    const world = createWorld(kubeService('cart', 'east'), v4, v6);
    world.remove(v6);
    assert.deepEqual(endpoints(world), ['10.0.0.1 HEALTHY', '10.0.0.2 HEALTHY']);
    world.put(v6);
    world.remove(v4);
    assert.deepEqual(endpoints(world), ['fd00::1 HEALTHY', 'fd00::2 HEALTHY']);
  });

  it('is not merged if a slice does not name it', () => {
    const world = createWorld(
      kubeService('cart', 'east'),
      slice('cart-4', 'IPv4', '@10.0.0.1'),
      slice('cart-6', 'IPv6', '@fd00::1'),
    );
    assert.deepEqual(endpoints(world), ['10.0.0.1 HEALTHY', 'fd00::1 HEALTHY']);
  });

  it('differs from an earlier pod with the same name', () => {
    const named = (address: string, uid: string): object => ({
      addresses: [address],
      targetRef: { kind: 'Pod', name: 'a', uid },
    });
    const world = createWorld(
      kubeService('cart', 'east'),
      endpointSlice('cart-4', 'east', [named('10.0.0.1', 'old'), named('10.0.0.2', 'new')]),
      endpointSlice('cart-6', 'east', [named('fd00::2', 'new')], { addressType: 'IPv6' }),
    );
    assert.deepEqual(endpoints(world), ['10.0.0.1 HEALTHY', '10.0.0.2+fd00::2 HEALTHY']);
  });
});

describe('an endpoint with several addresses in one slice', () => {
  it('is one endpoint, without invalid addresses', () => {
    const world = createWorld(
      kubeService('cart', 'east'),
      endpointSlice('cart-1', 'east', [{ addresses: ['10.0.0.1', 'cart', '10.0.0.2', '10.0.0.1'] }]),
    );
    assert.deepEqual(endpoints(world), ['10.0.0.1+10.0.0.2 HEALTHY']);
  });
});

describe('merging families', () => {
  const health = fc.constantFrom<Health>('HEALTHY', 'UNHEALTHY', 'DRAINING');
  const owned = fc.record({
    owner: fc.constantFrom('', 'a', 'b', 'c'),
    v6: fc.boolean(),
    last: fc.integer({ min: 1, max: 200 }),
    health,
  });
  const toOwned = ({
    owner,
    v6: isV6,
    last,
    health: own,
  }: {
    owner: string;
    v6: boolean;
    last: number;
    health: Health;
  }): OwnedEndpoint => ({
    owner,
    locality: { region: '', zone: '', subZone: '' },
    endpoint: { address: isV6 ? `fd00::${String(last)}` : `10.0.0.${String(last)}`, port: 80, health: own, labels: {} },
  });

  it('keeps every address once, and pairs at most one of each family', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(owned, {
          selector: ({ v6: isV6, last }) => `${String(isV6)}${String(last)}`,
          size: 'max',
          maxLength: 60,
        }),
        fc.boolean(),
        (list, prefersIpv6) => {
          const merged = mergeFamilies(list.map(toOwned), prefersIpv6);
          const addresses = merged.flatMap(({ endpoint }) => [
            endpoint.address,
            ...(endpoint.additionalAddresses ?? []),
          ]);
          assert.deepEqual([...addresses].sort(), list.map((one) => toOwned(one).endpoint.address).sort());
          for (const { endpoint } of merged) {
            if (endpoint.additionalAddresses === undefined) continue;
            assert.equal(endpoint.additionalAddresses.length, 1);
            assert.equal(endpoint.address.includes(':'), prefersIpv6);
            assert.equal(endpoint.additionalAddresses[0]?.includes(':'), !prefersIpv6);
          }
        },
      ),
    );
  });
});
