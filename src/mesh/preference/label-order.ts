/**
 * Failover by priority labels. https://istio.io/latest/docs/reference/config/networking/destination-rule/#LocalityLoadBalancerSetting
 */
import type { EndpointClass, Order, OrderingClient } from './order.js';

export const NETWORK_LABEL = 'topology.istio.io/network';

/** The value of a label, or of a part of the locality for the topology labels. A missing value is empty, and equals another missing one. */
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

/** Endpoints with the client's values of the first n labels come before those with the first n-1, and so on. */
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

/** A label and its preferred value. */
export interface PreferredLabel {
  readonly key: string;
  readonly value: string;
}

/**
 * Orders by the number of leading labels that match, then by the number of all labels that match, then by the first label that matches.
 * The order is the same for all clients, because the policy contains the values.
 */
export function labelValueOrder(pairs: readonly PreferredLabel[]): Order {
  return {
    preferenceOf: (endpoints) => ({
      tier: valueRank(pairs.map(({ key, value }) => labelOf(endpoints, key) === value)),
    }),
  };
}

/** A smaller number comes first. Each criterion outweighs the following ones. */
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
