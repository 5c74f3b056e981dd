/**
 * Failover and distribution by locality.
 * https://istio.io/latest/docs/tasks/traffic-management/locality-load-balancing/
 */
import type { Locality, LocalityMapping } from '../model/model.js';
import type { Order, Preference } from './order.js';

/** The order for a client in this locality. Without a mapping for it, the client uses all endpoints, the nearest first. */
export function localityOrder(client: Locality, mappings: readonly LocalityMapping[]): Order {
  const mapping = mappingFor(client, mappings);
  if (mapping === undefined) return { preferenceOf: ({ locality }) => ({ tier: distance(client, locality) }) };
  return distributes(mapping) ? distribution(mapping) : failover(client, mapping);
}

/** The most specific mapping whose `from` covers the client. */
export function mappingFor(client: Locality, mappings: readonly LocalityMapping[]): LocalityMapping | undefined {
  return mostSpecific(
    mappings.filter(({ from }) => coversLocality(from, client)),
    ({ from }) => from,
  );
}

export function distributes({ to }: LocalityMapping): boolean {
  return to.some(({ weight }) => weight !== undefined);
}

/** Hierarchical: a zone matches only in the same region, unless one of the two has no region. */
export function coversLocality(outer: Locality, inner: Locality): boolean {
  if (outer.zone === '') return outer.region === inner.region;
  return isSameZone(outer, inner) && (outer.subZone === '' || outer.subZone === inner.subZone);
}

/** 0 in the same sub-zone, 1 in the same zone, 2 in the same region, 3 in another region. */
export function distance(a: Locality, b: Locality): number {
  if (isSameZone(a, b)) return a.subZone === b.subZone ? 0 : 1;
  return a.region === b.region && a.region !== '' ? 2 : OTHER_REGION;
}

const OTHER_REGION = 3;

/** If one of the two has no region, only the zones are compared. */
function isSameZone(a: Locality, b: Locality): boolean {
  if (a.zone !== b.zone) return false;
  return a.region === b.region || (a.zone !== '' && (a.region === '' || b.region === ''));
}

/** Inside `from` the tiers follow the distance to the client. Then one tier for each `to`. Other endpoints are not used. */
function failover(client: Locality, { from, to }: LocalityMapping): Order {
  const preferenceOf = (locality: Locality): Preference | undefined => {
    if (coversLocality(from, locality)) return { tier: distance(client, locality) };
    const index = to.findIndex((target) => coversLocality(target.locality, locality));
    return index < 0 ? undefined : { tier: OTHER_REGION + index };
  };
  return { preferenceOf: (endpoints) => preferenceOf(endpoints.locality) };
}

/** One tier with the given shares. An endpoint belongs to the most specific `to` that covers it. */
function distribution({ to }: LocalityMapping): Order {
  const preferenceOf = (locality: Locality): Preference | undefined => {
    const target = mostSpecific(
      to.filter((candidate) => coversLocality(candidate.locality, locality)),
      (candidate) => candidate.locality,
    );
    return target === undefined ? undefined : { tier: 0, share: to.indexOf(target) };
  };
  return {
    preferenceOf: (endpoints) => preferenceOf(endpoints.locality),
    shares: completeWeights(to.map(({ weight }) => weight)),
  };
}

/** Missing weights share what the given ones leave of 100. The first missing ones get the remainder of the division. */
export function completeWeights(weights: readonly (number | undefined)[]): readonly number[] {
  const given = weights.reduce<number>((sum, weight) => sum + (weight ?? 0), 0);
  const missing = weights.filter((weight) => weight === undefined).length;
  const [each, odd] = [Math.floor((100 - given) / missing), (100 - given) % missing];
  let filled = 0;
  return weights.map((weight) => weight ?? each + (filled++ < odd ? 1 : 0));
}

function mostSpecific<Item>(items: readonly Item[], localityOf: (item: Item) => Locality): Item | undefined {
  const depth = (item: Item): number => {
    const { zone, subZone } = localityOf(item);
    return zone === '' ? 1 : subZone === '' ? 2 : 3;
  };
  return items.reduce<Item | undefined>(
    (best, item) => (best === undefined || depth(item) > depth(best) ? item : best),
    undefined,
  );
}
