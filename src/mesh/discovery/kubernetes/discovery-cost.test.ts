import assert from 'node:assert/strict';
import type { Resource } from '../../../api/resource.js';
import type { EndpointSlice } from '../../../generated/resources.js';
import { endpointSlice, kubeService, node, pod } from '../../../testing/kubernetes.js';
import { type World, createWorld } from '../../../testing/world.js';
import type { DestinationKey } from '../../model/object-key.js';
import { destinationPortKey } from '../../model/target-key.js';

/** `services` services with a slice of two endpoints each, spread over `services` nodes and their pods; all rows are watched. */
function cluster(services: number): World {
  const ids = Array.from({ length: services }, (_, id) => id);
  const world = createWorld(
    ...ids.flatMap((id) => [
      kubeService(`s${id}`, 'east'),
      sliceOf(id, false),
      node(`n${id}`, 'east', `r${id % 3}/z`),
      pod(`p${id}`, 'east', { version: 'v1' }, `n${id}`),
    ]),
  );
  for (const id of ids)
    world.graph.observe(
      world.model.destinations.endpoints,
      destinationPortKey(`s${id}-shop-east.shop` as DestinationKey, 80),
      () => undefined,
    );
  return world;
}

function sliceOf(id: number, ready: boolean): Resource<EndpointSlice> {
  const addresses = [`10.${id >> 8}.${id & 255}.1`, `10.${id >> 8}.${id & 255}.2`];
  const targetRef = { kind: 'Pod', name: `p${id}` };
  return endpointSlice(
    `s${id}-1`,
    'east',
    addresses.map((address) => ({ addresses: [address], conditions: { ready }, targetRef })),
  );
}

describe('the cost of a change in a cluster', () => {
  const cost = (services: number, ...change: readonly Resource<unknown>[]): Readonly<Record<string, number>> => {
    const world = cluster(services);
    const before = world.graph.computed();
    world.put(...change);
    const counts = [...world.graph.computed()].map(
      ([table, count]) => [table, count - (before.get(table) ?? 0)] as const,
    );
    return Object.fromEntries(counts.filter(([, count]) => count > 0));
  };

  it('is two rows for an EndpointSlice, for any number of them', () => {
    for (const services of [10, 1_000]) {
      assert.deepEqual(cost(services, sliceOf(7, true)), { placedEndpointSlices: 1, endpoints: 1 });
    }
  });

  it('is that of the slices with endpoints on the node, if the node moves', () => {
    for (const services of [10, 1_000]) {
      assert.deepEqual(cost(services, node('n7', 'east', 'r9/z')), {
        nodeLocalities: 1,
        placedEndpointSlices: 1,
        endpoints: 1,
      });
    }
  });

  it('is a single comparison for a heartbeat of a node', () => {
    const alive = { ...node('n7', 'east', 'r1/z'), annotations: { heartbeat: '1' }, arrival: 2 };
    assert.deepEqual(cost(10, alive), { nodeLocalities: 1 });
  });

  it('is that of its own slices for a pod', () => {
    assert.deepEqual(cost(100, pod('p7', 'east', { version: 'v2' }, 'n7')), {
      podFacts: 1,
      placedEndpointSlices: 1,
      endpoints: 1,
    });
  });
});
