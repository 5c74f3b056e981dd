/** Describes the rule that put endpoints into their tier, for one client. */
import { labelOf, NETWORK_LABEL } from './label-order.js';
import { coversLocality, distance, distributes, mappingFor } from './locality-order.js';
import type { Locality, LocalityMapping } from '../model/model.js';
import type { EndpointClass, OrderingClient } from './order.js';
import type { OrderRule } from './order-rule.js';

/** Empty if the rule does not distinguish endpoints. */
export function describePlace(rule: OrderRule, client: OrderingClient, endpoints: EndpointClass): string {
  switch (rule.type) {
    case 'listed':
      return '';
    case 'locality':
      return describeLocality(rule.mappings, client.locality, endpoints.locality);
    case 'labelKeys':
      return describeKeys(rule.keys, client, endpoints);
    case 'labelValues': {
      const matched = rule.pairs.filter(({ key, value }) => labelOf(endpoints, key) === value);
      return matched.length === 0
        ? 'none of the priority labels'
        : matched.map(({ key, value }) => `${key}=${value}`).join(', ');
    }
  }
}

function describeLocality(mappings: readonly LocalityMapping[], client: Locality, locality: Locality): string {
  const mapping = mappingFor(client, mappings);
  if (mapping === undefined) return nearness(client, locality);
  const from = `mapping from ${formatLocality(mapping.from)}`;
  if (distributes(mapping)) return `distributed by weight (${from})`;
  if (coversLocality(mapping.from, locality)) return `${nearness(client, locality)} (${from})`;
  const target = mapping.to.find((candidate) => coversLocality(candidate.locality, locality));
  return `to ${target === undefined ? 'nowhere' : formatLocality(target.locality)} (${from})`;
}

function nearness(client: Locality, locality: Locality): string {
  const regions = client.region === locality.region ? 'region, zone' : 'zone';
  const texts = [`same ${regions} and sub-zone`, `same ${regions.replace(', ', ' and ')}`, 'same region'];
  return texts[distance(client, locality)] ?? 'elsewhere';
}

function describeKeys(keys: readonly string[], client: OrderingClient, endpoints: EndpointClass): string {
  const equal = (key: string): boolean => labelOf(client, key) === labelOf(endpoints, key);
  const [first = ''] = keys;
  const ranked = first === NETWORK_LABEL ? keys.slice(1) : keys;
  const end = ranked.findIndex((key) => !equal(key));
  const matched = ranked.slice(0, end < 0 ? ranked.length : end);
  const text = matched.length === 0 ? 'no priority label equal' : `equal in ${matched.join(', ')}`;
  return first === NETWORK_LABEL && !equal(first) ? `other network, ${text}` : text;
}

/** `us-east/us-east-1a`, without unknown parts. */
export function formatLocality({ region, zone, subZone }: Locality): string {
  return [region, zone, subZone].join('/').replace(/\/+$/, '');
}
