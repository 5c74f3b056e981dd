/** The rule that orders the backends of a failover destination, for all clients. */
import { type PreferredLabel, labelKeyOrder, labelValueOrder } from './label-order.js';
import { distributes, localityOrder, mappingFor } from './locality-order.js';
import type { Locality, LocalityMapping } from '../model/model.js';
import type { Order, OrderingClient } from './order.js';

export type OrderRule =
  /** The order in which the resource lists its backends. */
  | { readonly type: 'listed' }
  | { readonly type: 'locality'; readonly mappings: readonly LocalityMapping[] }
  | { readonly type: 'labelKeys'; readonly keys: readonly string[] }
  | { readonly type: 'labelValues'; readonly pairs: readonly PreferredLabel[] };

const everythingAlike: Order = { preferenceOf: () => ({ tier: 0 }) };

export function orderFor(rule: OrderRule, client: OrderingClient): Order {
  switch (rule.type) {
    case 'listed':
      return everythingAlike;
    case 'locality':
      return localityOrder(client.locality, rule.mappings);
    case 'labelKeys':
      return labelKeyOrder(client, rule.keys);
    case 'labelValues':
      return labelValueOrder(rule.pairs);
  }
}

/** The labels that the rule compares, of endpoints and clients. */
export function labelsOf(rule: OrderRule): readonly string[] {
  switch (rule.type) {
    case 'labelKeys':
      return rule.keys;
    case 'labelValues':
      return [...new Set(rule.pairs.map(({ key }) => key))];
    case 'listed':
    case 'locality':
      return [];
  }
}

/** Whether the rule distributes traffic by weights, for clients in this locality. */
export function distributesFor(rule: OrderRule, client: Locality): boolean {
  const mapping = rule.type === 'locality' ? mappingFor(client, rule.mappings) : undefined;
  return mapping !== undefined && distributes(mapping);
}
