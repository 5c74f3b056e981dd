/** The maximum number of tiers that a client of a cluster can have. Retries are planned for a client with the maximum. */
import { NETWORK_LABEL } from '../preference/label-order.js';
import type { Locality } from '../model/model.js';
import type { EndpointClass, OrderingClient } from '../preference/order.js';
import type { OrderRule } from '../preference/order-rule.js';

/**
 * Clients of which at least one has the maximum number of tiers: clients with the properties of endpoints, clients in and around the
 * localities of endpoints and the `from` localities of mappings (which may have no endpoints), clients in a region without endpoints, and
 * clients without any property.
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

/** A client in a region without endpoints. No real region has a blank as its name. */
const stranger: OrderingClient = { ...nobody, locality: { ...nobody.locality, region: ' ' } };

/** A client can be in the network of some endpoints and have the other labels of other endpoints. */
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
  // A zone without a region is compared only by zone: a client in it can be in any region, and a client without a region in any zone.
  const zoned = places.filter(({ zone }) => zone !== '');
  const bare = zoned.filter(({ region }) => region === '');
  const combined = [
    ...bare.flatMap((place) => regions.map((region) => ({ ...place, region }))),
    ...zoned.map((place) => ({ ...place, region: '' })),
  ];
  const distinct = new Map([...places, ...combined].map((locality) => [JSON.stringify(locality), locality]));
  return [...distinct.values()].map((locality) => ({ locality, cluster: '', labels: {} }));
}

/**
 * A mapping for a locality may not apply to the localities around it, where clients then have more tiers. No real zone has a blank as its
 * name.
 */
function withNeighbours({ region, zone, subZone }: Locality): readonly Locality[] {
  const of = (...parts: readonly string[]): Locality => ({ region, zone: parts[0] ?? '', subZone: parts[1] ?? '' });
  return [of(zone, subZone), of(zone, ' '), of(zone), of(' '), of()];
}
