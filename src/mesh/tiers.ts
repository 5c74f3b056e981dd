/**
 * From lists of endpoint groups in order of preference to tiers as Envoy takes them: without gaps, every address once.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/priority
 */
import type { Endpoint, EndpointGroup, Tier } from './model.js';

/** An address that several tiers list; only the best keeps it. */
export interface RepeatedEndpoint {
  readonly address: string;
  readonly port: number;
}

export interface Tiers {
  readonly tiers: readonly Tier[];
  readonly repeated: readonly RepeatedEndpoint[];
}

/**
 * Envoy keeps only the first of two endpoints with one address, so the better tier keeps it; a group or tier left without
 * endpoints disappears, for Envoy wants priorities without gaps.
 */
export function toTiers(preferences: readonly (readonly EndpointGroup[])[]): Tiers {
  const seen = new Set<string>();
  const repeated: RepeatedEndpoint[] = [];
  const isFirst = ({ address, port }: Endpoint): boolean => {
    const key = `${address} ${port}`;
    if (seen.has(key)) repeated.push({ address, port });
    else return seen.add(key).has(key);
    return false;
  };
  const tiers = preferences.map((groups) =>
    groups.map((group) => withWeight(keepWhere(group, isFirst))).filter(({ endpoints }) => endpoints.length > 0),
  );
  return { tiers: tiers.filter((tier) => tier.length > 0), repeated };
}

/** The group itself, where all its endpoints stay, so that what was made of it can be used again. */
function keepWhere(group: EndpointGroup, keep: (endpoint: Endpoint) => boolean): EndpointGroup {
  const endpoints = group.endpoints.filter(keep);
  return endpoints.length === group.endpoints.length ? group : { ...group, endpoints };
}

/** A draining endpoint gets no new traffic, so it does not count; Envoy takes no weight below 1. */
function withWeight(group: EndpointGroup): Tier[number] {
  const usable = group.endpoints.filter(({ health }) => health !== 'DRAINING').length;
  return { ...group, weight: Math.max(1, usable) };
}
