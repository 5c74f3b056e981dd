/**
 * Calculates how Envoy distributes traffic among priorities, localities and endpoints. Uses the same integer arithmetic as Envoy.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/priority
 */
import type { Endpoint, Health, LocalityGroup, Tier } from '../model/model.js';

/** Percent. Envoy considers a priority fully healthy while 1/1.4 of its hosts are healthy. */
const OVERPROVISIONING = 140;

/** Percent. If fewer hosts of a priority are healthy, Envoy may use all of them. */
const PANIC_THRESHOLD = 1;

/** The numbers of hosts of one priority. */
export interface TierHealth {
  readonly healthy: number;
  /** Without draining hosts. */
  readonly hosts: number;
  readonly draining: number;
}

/** Percent of the traffic for each priority. The sum is 100, unless there are no hosts. */
export function priorityLoad(tiers: readonly TierHealth[]): readonly number[] {
  if (inPanic(tiers).every(Boolean)) return byHosts(tiers);
  const health = tiers.map(availability);
  const total = totalAvailability(health);
  let left = 100;
  const shares = health.map((percent) => {
    const share = Math.min(left, Math.floor((percent * 100) / total));
    left -= share;
    return share;
  });
  return withRemainder(shares, left, (i) => (health[i] ?? 0) > 0);
}

/**
 * For each priority of a cluster, whether it is in panic mode: it uses all of its hosts, healthy or not. No priority is in panic mode while
 * the healthy hosts can take all of the traffic.
 */
export function inPanic(tiers: readonly TierHealth[]): readonly boolean[] {
  const enough = totalAvailability(tiers.map(availability)) === 100;
  return tiers.map(({ healthy, hosts }) => !enough && (hosts === 0 || (100 * healthy) / hosts < PANIC_THRESHOLD));
}

function availability({ healthy, hosts }: TierHealth): number {
  return hosts === 0 ? 0 : Math.min(100, Math.floor((OVERPROVISIONING * healthy) / hosts));
}

function totalAvailability(health: readonly number[]): number {
  return Math.min(100, sum(health));
}

/** If all priorities are in panic mode, each gets traffic in proportion to the number of its hosts, including draining ones. */
function byHosts(tiers: readonly TierHealth[]): readonly number[] {
  const counts = tiers.map(({ hosts, draining }) => hosts + draining);
  const total = sum(counts);
  if (total === 0) return tiers.map(() => 0);
  const shares = counts.map((count) => Math.floor((count * 100) / total));
  return withRemainder(shares, 100 - sum(shares), (i) => (counts[i] ?? 0) > 0);
}

/** Adds the remainder of rounding to the first priority that takes traffic. */
function withRemainder(shares: readonly number[], remainder: number, takes: (i: number) => boolean): readonly number[] {
  const first = shares.findIndex((_, i) => takes(i));
  return shares.map((share, i) => (i === first ? share + remainder : share));
}

export interface LocalityShare {
  readonly group: LocalityGroup;
  /** Percent of all traffic. */
  readonly share: number;
  /** Percent of all traffic for each endpoint of the group, in order. */
  readonly endpoints: readonly number[];
}

/**
 * Distributes `share` percent of the traffic inside a tier. `weighted`: whether the weights of localities apply. `panic`: whether all
 * endpoints take traffic, healthy or not.
 */
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

/** A locality keeps its full weight while 1/1.4 of its hosts are healthy. */
function effectiveWeight({ weight, endpoints }: LocalityGroup): number {
  const { healthy, hosts } = tierHealth(endpoints);
  return hosts === 0 ? 0 : weight * Math.min(1, (OVERPROVISIONING * healthy) / (100 * hosts));
}

export function tierHealth(endpoints: readonly Endpoint[]): TierHealth {
  const count = (health: Health): number => endpoints.filter((endpoint) => endpoint.health === health).length;
  const [healthy, draining] = [count('HEALTHY'), count('DRAINING')];
  return { healthy, hosts: endpoints.length - draining, draining };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
