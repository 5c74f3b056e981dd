/** The rule that orders what is behind a failover destination, before it is applied to a client. */
import { type PreferredLabel, labelKeyOrder, labelValueOrder } from './label-order.js';
import { distributes, localityOrder, mappingFor } from './locality-order.js';
import type { Locality, LocalityMapping } from '../model/model.js';
import type { Order, OrderingClient } from './order.js';

export type OrderRule =
  /** The listed order only. */
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

/** The labels of endpoints, and of clients where they are compared with them, that the rule looks at. */
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

/** Whether the rule shares traffic out by weights for clients there. */
export function distributesFor(rule: OrderRule, client: Locality): boolean {
  const mapping = rule.type === 'locality' ? mappingFor(client, rule.mappings) : undefined;
  return mapping !== undefined && distributes(mapping);
}
