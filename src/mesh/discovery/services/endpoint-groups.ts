/** Endpoints with their localities, before they are grouped. */
import { compareText } from '../../../api/resource.js';
import type { Endpoint, EndpointGroup, Health, Locality } from '../../model/model.js';

export interface LocatedEndpoint {
  readonly locality: Locality;
  readonly endpoint: Endpoint;
}

/** This field is specific to Lifeboat. Unknown values mean healthy. */
export function toHealth(health: string | undefined): Health {
  return health === 'UNHEALTHY' || health === 'DRAINING' ? health : 'HEALTHY';
}

/**
 * Sorts groups and endpoints, so that the order of the input does not matter. If a locality has an address and port several times, the
 * first endpoint is used.
 */
export function groupByLocality(located: readonly LocatedEndpoint[]): readonly EndpointGroup[] {
  const groups = new Map<string, { locality: Locality; endpoints: Map<string, Endpoint> }>();
  for (const { locality, endpoint } of located) {
    const key = localityKey(locality);
    const group = groups.get(key) ?? { locality, endpoints: new Map<string, Endpoint>() };
    groups.set(key, group);
    const address = `${endpoint.address} ${endpoint.port}`;
    if (!group.endpoints.has(address)) group.endpoints.set(address, endpoint);
  }
  return [...groups]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, { locality, endpoints }]) => ({
      locality,
      endpoints: [...endpoints].sort(([a], [b]) => compareText(a, b)).map(([, endpoint]) => endpoint),
    }));
}

function localityKey({ region, zone, subZone }: Locality): string {
  return `${region}/${zone}/${subZone}`;
}
