/**
 * How Envoy shares traffic among priorities, localities and endpoints: its own arithmetic, integers and all.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/priority
 */
import type { Endpoint, LocalityGroup, Tier } from '../model/model.js';

/** Envoy counts a priority as wholly healthy while 1/1.4 of its hosts are. */
const overprovisioning = 1.4;

/** Hosts of one priority, those that are draining left out. */
export interface TierHealth {
  readonly healthy: number;
  readonly hosts: number;
}

export interface PriorityLoad {
  /** Percent of the traffic for each priority; they add up to 100, unless there is no host at all. */
  readonly shares: readonly number[];
  /** No host is healthy: Envoy uses them all. */
  readonly panic: boolean;
}

export function priorityLoad(tiers: readonly TierHealth[]): PriorityLoad {
  const health = tiers.map(({ healthy, hosts }) => (hosts === 0 ? 0 : Math.min(100, Math.floor((overprovisioning * 100 * healthy) / hosts))));
  const total = Math.min(100, sum(health));
  if (total === 0) return { shares: byHosts(tiers), panic: true };
  let left = 100;
  const shares = health.map((percent) => {
    const share = Math.min(left, Math.floor((percent * 100) / total));
    left -= share;
    return share;
  });
  return { shares: withRest(shares, left, (i) => (health[i] ?? 0) > 0), panic: false };
}

/** In panic each priority gets its part of all hosts. */
function byHosts(tiers: readonly TierHealth[]): readonly number[] {
  const total = sum(tiers.map(({ hosts }) => hosts));
  if (total === 0) return tiers.map(() => 0);
  const shares = tiers.map(({ hosts }) => Math.floor((hosts * 100) / total));
  return withRest(shares, 100 - sum(shares), (i) => (tiers[i]?.hosts ?? 0) > 0);
}

/** What rounding leaves goes to the first priority that takes traffic. */
function withRest(shares: readonly number[], rest: number, takes: (i: number) => boolean): readonly number[] {
  const first = shares.findIndex((_, i) => takes(i));
  return shares.map((share, i) => (i === first ? share + rest : share));
}

export interface LocalityShare {
  readonly group: LocalityGroup;
  /** Percent of all traffic. */
  readonly share: number;
  /** Percent of all traffic for each endpoint, in their order. */
  readonly endpoints: readonly number[];
}

/** The shares inside a tier that gets `share` percent. `weighted`: whether the weights of localities count. */
export function tierShares(tier: Tier, share: number, weighted: boolean, panic: boolean): readonly LocalityShare[] {
  const takes = ({ health }: Endpoint): boolean => panic || health === 'HEALTHY';
  const counts = tier.map(({ endpoints }) => endpoints.filter(takes).length);
  const parts = weighted && !panic ? tier.map(effectiveWeight) : counts;
  const total = sum(parts);
  return tier.map((group, i) => {
    const own = total === 0 ? 0 : (share * (parts[i] ?? 0)) / total;
    const each = counts[i] === 0 ? 0 : own / (counts[i] ?? 1);
    return { group, share: own, endpoints: group.endpoints.map((endpoint) => (takes(endpoint) ? each : 0)) };
  });
}

/** A locality counts in full while 1/1.4 of its hosts are healthy. */
function effectiveWeight({ weight, endpoints }: LocalityGroup): number {
  const { healthy, hosts } = healthOf(endpoints);
  return hosts === 0 ? 0 : weight * Math.min(1, (overprovisioning * healthy) / hosts);
}

export function healthOf(endpoints: readonly Endpoint[]): TierHealth {
  return {
    healthy: endpoints.filter(({ health }) => health === 'HEALTHY').length,
    hosts: endpoints.filter(({ health }) => health !== 'DRAINING').length,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
