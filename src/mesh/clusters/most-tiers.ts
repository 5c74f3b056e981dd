/** How many tiers a client of a cluster can have, wherever it is. Retries are planned for the one that has the most. */
import { NETWORK_LABEL } from '../preference/label-order.js';
import type { Locality } from '../model/model.js';
import type { EndpointClass, OrderingClient } from '../preference/order.js';
import type { OrderRule } from '../preference/order-rule.js';

/**
 * Clients of which one has the most tiers that any client can have. That is one where some endpoints are, or one in a locality that a
 * mapping is from, where there need be no endpoints.
 */
export function telltaleClients(rule: OrderRule, classes: readonly EndpointClass[]): readonly OrderingClient[] {
  switch (rule.type) {
    case 'listed':
      return [];
    case 'labelValues':
      return [nobody];
    case 'labelKeys':
      return [nobody, ...inEachNetwork(rule.keys, classes)];
    case 'locality':
      return [
        nobody,
        stranger,
        ...localityClients(
          classes,
          rule.mappings.map(({ from }) => from),
        ),
      ];
  }
}

const nobody: OrderingClient = { locality: { region: '', zone: '', subZone: '' }, cluster: '', labels: {} };

/** A client in a region without endpoints. No real region is named by a blank. */
const stranger: OrderingClient = { ...nobody, locality: { ...nobody.locality, region: ' ' } };

/** A client may be in the network of some endpoints and otherwise equal to others. */
function inEachNetwork(keys: readonly string[], classes: readonly EndpointClass[]): readonly OrderingClient[] {
  if (keys[0] !== NETWORK_LABEL) return classes;
  const networks = new Set(classes.map(({ labels }) => labels[NETWORK_LABEL] ?? ''));
  return classes.flatMap((of) =>
    [...networks].map((network) => ({ ...of, labels: { ...of.labels, [NETWORK_LABEL]: network } })),
  );
}

function localityClients(classes: readonly EndpointClass[], origins: readonly Locality[]): readonly OrderingClient[] {
  const near = classes.map(({ locality }) => locality);
  const places = origins.length === 0 ? near : [...near, ...origins].flatMap(withNeighbours);
  const regions = [...new Set([...places.map(({ region }) => region), stranger.locality.region])];
  // A zone without region is compared by zone alone: a client in that zone can be in any region, and one without region in any zone.
  const zoned = places.filter(({ zone }) => zone !== '');
  const bare = zoned.filter(({ region }) => region === '');
  const combined = [
    ...bare.flatMap((place) => regions.map((region) => ({ ...place, region }))),
    ...zoned.map((place) => ({ ...place, region: '' })),
  ];
  const distinct = new Map([...places, ...combined].map((locality) => [JSON.stringify(locality), locality]));
  return [...distinct.values()].map((locality) => ({ locality, cluster: '', labels: {} }));
}

/** A mapping for a place need not be for those around it, where clients then have more tiers. Nothing has a blank for a name. */
function withNeighbours({ region, zone, subZone }: Locality): readonly Locality[] {
  const of = (...parts: readonly string[]): Locality => ({ region, zone: parts[0] ?? '', subZone: parts[1] ?? '' });
  return [of(zone, subZone), of(zone, ' '), of(zone), of(' '), of()];
}
