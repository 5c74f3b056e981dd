/**
 * Keys of clients. A key contains only the properties that rankings depend on. Clients with the same key share rankings and everything
 * computed from them.
 */
import { compareText } from '../../api/resource.js';
import type { Key } from '../../graph/index.js';
import type { OrderingClient } from '../preference/order.js';

export type ClientKey = Key<'client'>;

/** A client without any known property. */
export const ANY_CLIENT = '' as ClientKey;

/** `labels` must contain only labels that a rule compares. The key is JSON, so that no value of a client is mistaken for a separator. */
export function clientKey({ locality, cluster, labels }: OrderingClient): ClientKey {
  const sorted = Object.entries(labels).sort(([a], [b]) => compareText(a, b));
  return JSON.stringify([locality.region, locality.zone, locality.subZone, cluster, sorted]) as ClientKey;
}

/** The inverse of `clientKey`. */
export function parseClient(key: ClientKey): OrderingClient {
  if (key === ANY_CLIENT) return { locality: { region: '', zone: '', subZone: '' }, cluster: '', labels: {} };
  type Parts = readonly [string, string, string, string, readonly (readonly [string, string])[]];
  const [region, zone, subZone, cluster, labels] = JSON.parse(key) as Parts;
  return { locality: { region, zone, subZone }, cluster, labels: Object.fromEntries(labels) };
}
