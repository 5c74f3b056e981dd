/**
 * Failover by priority labels. https://istio.io/latest/docs/reference/config/networking/destination-rule/#LocalityLoadBalancerSetting
 */
import type { EndpointClass, Order, OrderingClient } from './order.js';

export const NETWORK_LABEL = 'topology.istio.io/network';

/** A label, whether it is a real one or says where something runs. Missing ones are empty, and so equal. */
export function labelOf({ locality, cluster, labels }: EndpointClass, label: string): string {
  switch (label) {
    case 'topology.kubernetes.io/region':
      return locality.region;
    case 'topology.kubernetes.io/zone':
      return locality.zone;
    case 'topology.istio.io/subzone':
      return locality.subZone;
    case 'topology.istio.io/cluster':
      return cluster;
    default:
      return labels[label] ?? '';
  }
}

/** Endpoints that equal the client in the first n labels of the list come before those that do in n-1 only, and so on. */
export function labelKeyOrder(client: OrderingClient, keys: readonly string[]): Order {
  const network = keys[0] === NETWORK_LABEL;
  const ranked = network ? keys.slice(1) : keys;
  return {
    preferenceOf: (endpoints) => {
      const equal = (key: string): boolean => labelOf(client, key) === labelOf(endpoints, key);
      const behind = network && !equal(NETWORK_LABEL) ? ranked.length + 1 : 0;
      return { tier: behind + ranked.length - prefixLength(ranked, equal) };
    },
  };
}

/** A label with the value that is preferred. */
export interface PreferredLabel {
  readonly key: string;
  readonly value: string;
}

/**
 * By the length of the matched prefix, then by the number of labels matched, then by the earliest of them. The same for every
 * client, for the values stand in the policy.
 */
export function labelValueOrder(pairs: readonly PreferredLabel[]): Order {
  return {
    preferenceOf: (endpoints) => ({
      tier: valueRank(pairs.map(({ key, value }) => labelOf(endpoints, key) === value)),
    }),
  };
}

/** A number that is smaller for what comes first; each criterion outweighs those after it. */
function valueRank(matched: readonly boolean[]): number {
  const size = matched.length + 1;
  const prefix = prefixLength(matched, (isMatch) => isMatch);
  const count = matched.filter(Boolean).length;
  const earliest = count === 0 ? matched.length : matched.indexOf(true);
  return ((size - prefix) * size + (size - count)) * size + earliest;
}

function prefixLength<Item>(items: readonly Item[], holds: (item: Item) => boolean): number {
  const end = items.findIndex((item) => !holds(item));
  return end < 0 ? items.length : end;
}
