import assert from 'node:assert/strict';
import type { EndpointGroup } from '../model/model.js';
import { type PlacedGroup, toTiers } from './tiers.js';

function placed(tier: number, address: string): PlacedGroup {
  const group: EndpointGroup = {
    locality: { region: '', zone: '', subZone: '' },
    endpoints: [{ address, port: 80, health: 'HEALTHY', labels: {} }],
  };
  return { place: { tier }, group };
}

function addresses(groups: readonly PlacedGroup[]): readonly (readonly string[])[] {
  return toTiers(groups).tiers.map((tier) => tier.flatMap(({ endpoints }) => endpoints.map(({ address }) => address)));
}

describe('tiers', () => {
  it('have no gaps, and each address once, in its best tier', () => {
    assert.deepEqual(addresses([placed(7, 'c'), placed(2, 'a'), placed(4, 'a'), placed(7, 'b')]), [['a'], ['c', 'b']]);
  });

  it('are limited to the priorities of Envoy, and further ones share the last priority', () => {
    const tiers = addresses(Array.from({ length: 131 }, (_, tier) => placed(tier, String(tier))));
    assert.equal(tiers.length, 129);
    assert.deepEqual(tiers.slice(-2), [['127'], ['128', '129', '130']]);
  });
});
