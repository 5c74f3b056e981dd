import { propertyRuns } from '../../testing/property-runs.js';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { OrderingClient } from '../preference/order.js';
import { createWorld, destination, resource } from '../../testing/world.js';
import { failoverCluster } from '../model/cluster-key.js';
import { clientKey } from './client-key.js';
import { failoverKey } from '../model/failover-key.js';
import { rankingKey, tiersKey } from './ranking-key.js';

interface Place {
  readonly region: string;
  readonly zone: string;
  readonly subZone: string;
}

/** A VirtualDestination over one service in each region, and the tiers that clients have. */
function world(endpoints: Readonly<Record<string, readonly string[]>>, failoverDirectives: readonly object[] = []) {
  const services = Object.entries(endpoints).map(([region, places]) =>
    destination('web', region === '' ? 'none' : region, {
      region,
      endpoints: places.map(
        (place, i) => `10.${String(region.length)}.${String(region.charCodeAt(1) || 0)}.${String(i)}@${place}`,
      ),
    }),
  );
  const localized = { destinationSelectors: [{ kubeServiceMatcher: { namespaces: ['app'] } }], failoverDirectives };
  const vd = resource('VirtualDestination', 'web', { hostname: 'web.global', port: { number: 80 }, localized });
  const { graph, model } = createWorld(...services, vd);
  const key = failoverCluster(failoverKey(vd.ref), 80);
  const { rankings, tiers, tierCounts } = model.clusters;
  return {
    planned: graph.read(tierCounts, key),
    tiersFor: (locality: Place, labels: OrderingClient['labels'] = {}) => {
      const ranking = graph.read(rankings, rankingKey(key, clientKey({ locality, cluster: '', labels }))) ?? '';
      return graph.read(tiers, tiersKey(key, ranking))?.tiers.length ?? 0;
    },
  };
}

const at = (text: string): Place => {
  const [region = '', zone = '', subZone = ''] = text.split('/');
  return { region, zone, subZone };
};

describe('the number of tiers that retries are planned for', () => {
  it('is that of a client in a region without endpoints, which has the most tiers', () => {
    const to = ['r1', 'r2', 'r3', 'r4'].map((region) => ({ region }));
    const { planned, tiersFor } = world({ r1: ['a'], r2: ['a'], r3: ['a'], r4: ['a'] }, [
      { from: { region: 'r0' }, to },
    ]);
    assert.equal(tiersFor(at('r1')), 2);
    assert.equal(tiersFor(at('r0')), 4);
    assert.equal(planned, 4);
  });

  it('counts a zone without a region', () => {
    const { planned, tiersFor } = world({ '': ['a'], r1: ['b'], r2: ['c'] });
    assert.equal(tiersFor(at('r1/a')), 3);
    assert.equal(planned, 3);
  });

  it('counts a client in a region without endpoints but in a zone without region, and a client without a region', () => {
    const shared = world({ r3: ['a'], '': ['a'] });
    assert.equal(shared.tiersFor(at('r1/a')), 2);
    assert.equal(shared.planned, 2);
    const alone = world({ r1: ['a'], r3: ['a/c', 'b'] }, [{ from: { region: 'r3' }, to: [] }]);
    assert.equal(alone.tiersFor(at('/a')), 3);
    assert.equal(alone.planned, 3);
  });

  it('counts a client outside the locality of a mapping', () => {
    const { planned, tiersFor } = world({ r2: ['c/b', 'b/c'], '': ['c/b'] }, [
      { from: { region: 'r2', zone: 'b', subZone: 'c' }, to: [] },
    ]);
    assert.equal(tiersFor(at('r2/b')), 3);
    assert.equal(planned, 3);
  });

  const part = fc.constantFrom('', 'a', 'b', 'c');
  const place = fc.tuple(part, part).map(([zone, subZone]) => (zone === '' ? '' : `${zone}/${subZone}`));
  const locality = fc
    .tuple(fc.constantFrom('', 'r0', 'r1', 'r2', 'r3'), part, part)
    .map(([of, zone, subZone]) => ({ region: of, zone, subZone: zone === '' ? '' : subZone }));
  const target = locality.filter((of) => of.region !== '');
  const directive = fc.record({ from: target, to: fc.array(target, { size: 'max', maxLength: 5 }) });

  it('is never lower than the number of tiers of a client', () => {
    const some = fc.array(place, { minLength: 1, maxLength: 4, size: 'max' });
    const endpoints = fc.record({ r1: some, r2: some, r3: some, '': some }, { requiredKeys: [] });
    fc.assert(
      fc.property(
        endpoints,
        fc.array(directive, { maxLength: 3, size: 'max' }),
        fc.array(locality, { minLength: 20, maxLength: 20, size: 'max' }),
        (regions, directives, clients) => {
          const { planned = 0, tiersFor } = world(regions, directives);
          for (const client of clients) assert.ok(tiersFor(client) <= planned, JSON.stringify(client));
        },
      ),
      { numRuns: propertyRuns(100) },
    );
  });
});
