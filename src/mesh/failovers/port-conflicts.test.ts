import assert from 'node:assert/strict';
import type { Resource } from '../../api/resource.js';
import { createWorld, destination, failoverService, trafficPolicy } from '../../testing/world.js';
import { failoverKey } from '../model/failover-key.js';

const base = [destination('db', 'east'), trafficPolicy('outliers', ['db@east'], { outlierDetection: {} })];
const older = failoverService('older', ['db@east'], { port: { number: 80, protocol: 'tcp' } }, 1);
const younger = failoverService('younger', ['db@east'], {}, 2);

function inForce(world: ReturnType<typeof createWorld>, { ref }: Resource<unknown>): boolean {
  return world.graph.read(world.model.failovers.failovers, failoverKey(ref)) !== undefined;
}

describe('a port conflict of failover destinations', () => {
  it('leaves the port to the older one, in any order of changes', () => {
    for (const order of [
      [older, younger],
      [younger, older],
    ]) {
      const world = createWorld(...base);
      for (const each of order) world.put(each);
      assert.ok(inForce(world, older));
    }
  });

  it('excludes the younger one, also if both are added at once', () => {
    const world = createWorld(...base, older, younger);
    assert.deepEqual([inForce(world, older), inForce(world, younger)], [true, false]);
  });

  it('allows changes of the older one, and remembers them', () => {
    const world = createWorld(...base, older, younger);
    world.put(
      failoverService('older', ['db@east'], { hostname: 'new.global', port: { number: 80, protocol: 'tcp' } }, 1),
    );
    world.put(
      failoverService(
        'older',
        ['nothing@east'],
        { hostname: 'invalid.global', port: { number: 80, protocol: 'tcp' } },
        1,
      ),
    );
    assert.deepEqual(world.graph.read(world.model.failovers.failovers, failoverKey(older.ref))?.hosts, ['new.global']);
  });

  it('ends when the older one is removed', () => {
    const world = createWorld(...base, older, younger);
    world.remove(older);
    assert.ok(inForce(world, younger));
    assert.deepEqual(world.graph.read(world.model.failovers.findings, failoverKey(younger.ref)), []);
  });
});
