/**
 * Converts ranked endpoints to tiers that Envoy accepts: without gaps, and with each address only once.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/priority
 */
import { compareText } from '../../api/resource.js';
import type { Endpoint, EndpointGroup, LocalityGroup, Tier } from '../model/model.js';
import type { Preference } from '../preference/order.js';
import { exactWeights } from './locality-weights.js';

/** Endpoints of one locality, and their place in the order. */
export interface PlacedGroup {
  readonly place: Preference;
  readonly group: EndpointGroup;
}

/** An address that is in several tiers. Only the best tier keeps it. */
export interface RepeatedEndpoint {
  readonly address: string;
  readonly port: number;
}

export interface Tiers {
  readonly tiers: readonly Tier[];
  readonly repeated: readonly RepeatedEndpoint[];
}

/** Envoy accepts priorities from 0 to 128. Further tiers share the last priority. */
export const MAX_TIERS = 129;

/**
 * If an address is in several tiers, the best tier keeps it, because Envoy keeps only the first endpoint with an address. Groups and tiers
 * without remaining endpoints are removed, because Envoy requires priorities without gaps.
 */
export function toTiers(placed: readonly PlacedGroup[], shares?: readonly number[]): Tiers {
  const order = [...new Set(placed.map(({ place }) => place.tier))].sort((a, b) => a - b);
  const last = order[MAX_TIERS - 1] ?? Infinity;
  const distinct = distinctAddresses();
  const tiers = order.slice(0, MAX_TIERS).map((tier) =>
    toTier(
      placed.filter(({ place }) => Math.min(place.tier, last) === tier),
      distinct.keep,
      shares,
    ),
  );
  return { tiers: tiers.filter((tier) => tier.length > 0), repeated: distinct.repeated };
}

/** Compares all addresses of an endpoint. The endpoint may be in two services, of which only one has it in both IP families. */
function distinctAddresses(): { keep: (endpoint: Endpoint) => boolean; repeated: RepeatedEndpoint[] } {
  const seen = new Set<string>();
  const repeated: RepeatedEndpoint[] = [];
  const keep = ({ address, port, additionalAddresses }: Endpoint): boolean => {
    const key = `${address} ${port}`;
    const first = !seen.has(key) && additionalAddresses?.some((other) => seen.has(`${other} ${port}`)) !== true;
    if (!first) repeated.push({ address, port });
    seen.add(key);
    for (const other of additionalAddresses ?? []) seen.add(`${other} ${port}`);
    return first;
  };
  return { keep, repeated };
}

interface SharedLocality {
  readonly share: number | undefined;
  readonly group: EndpointGroup;
}

function toTier(
  placed: readonly PlacedGroup[],
  keep: (endpoint: Endpoint) => boolean,
  shares: readonly number[] | undefined,
): Tier {
  const groups = mergeLocalities(placed)
    .map(({ share, group }) => ({ share, group: keepWhere(group, keep) }))
    .filter(({ group }) => group.endpoints.length > 0);
  const weights = shares === undefined ? groups.map(({ group }) => usable(group)) : sharedWeights(groups, shares);
  // Field by field, because each spread object would have its own hidden class, which is larger than the object. There are many groups.
  return groups.map(({ group: { locality, endpoints } }, i): LocalityGroup => ({
    locality,
    endpoints,
    weight: Math.max(1, weights[i] ?? 1),
  }));
}

/** Merges the groups of a locality, because Envoy accepts one weight for each locality of a priority. */
function mergeLocalities(placed: readonly PlacedGroup[]): readonly SharedLocality[] {
  const merged = new Map<string, SharedLocality>();
  for (const { place, group } of placed) {
    const { region, zone, subZone } = group.locality;
    const key = `${region}/${zone}/${subZone}`;
    const known = merged.get(key);
    const endpoints = known === undefined ? group.endpoints : [...known.group.endpoints, ...group.endpoints];
    merged.set(key, { share: place.share, group: known === undefined ? group : { ...group, endpoints } });
  }
  return [...merged].sort(([a], [b]) => compareText(a, b)).map(([, group]) => group);
}

function sharedWeights(groups: readonly SharedLocality[], shares: readonly number[]): readonly number[] {
  return exactWeights(
    groups.map(({ share = 0, group }) => ({ share, endpoints: usable(group) })),
    shares,
  );
}

/** The number of endpoints, without draining ones, which get no new traffic. */
function usable({ endpoints }: EndpointGroup): number {
  return endpoints.filter(({ health }) => health !== 'DRAINING').length;
}

/** Returns the same group if all of its endpoints stay, so that results computed from it are reused. */
function keepWhere(group: EndpointGroup, keep: (endpoint: Endpoint) => boolean): EndpointGroup {
  const endpoints = group.endpoints.filter(keep);
  return endpoints.length === group.endpoints.length ? group : { ...group, endpoints };
}
