/** Checks endpoints before they are encoded. That is cheaper than checking the bytes, and endpoints are the most numerous part. */
import { isIP } from 'node:net';
import type { Endpoint, Tier } from '../../mesh/model/model.js';
import type { LeftOut } from './guarded.js';

const LARGEST_PORT = 65_535;
const LARGEST_WEIGHT = 0xffff_ffff;
/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/endpoint/v3/endpoint_components.proto#envoy-v3-api-field-config-endpoint-v3-localitylbendpoints-priority */
const LAST_PRIORITY = 128;

/** Endpoints of EDS must have IP addresses. */
export function rejectedEndpoint({ address, port }: Endpoint): LeftOut | undefined {
  const name = `${address}:${port}`;
  if (isIP(address) === 0) return { name, rejection: `${JSON.stringify(address)} is not an IP address` };
  return port >= 0 && port <= LARGEST_PORT && Number.isInteger(port)
    ? undefined
    : { name, rejection: `${port} is no port` };
}

/** Why Envoy would reject the whole load assignment. */
export function rejectedTiers(tiers: readonly Tier[]): string | undefined {
  if (tiers.length > LAST_PRIORITY + 1) return `there are ${tiers.length} tiers, more than ${LAST_PRIORITY + 1}`;
  for (const tier of tiers) {
    let sum = 0;
    for (const { weight } of tier) {
      if (!(weight >= 1)) return `the weight ${weight} of a locality is less than 1`;
      sum += weight;
    }
    if (sum > LARGEST_WEIGHT) return `the weights of a tier add up to ${sum}, which is more than ${LARGEST_WEIGHT}`;
  }
  return undefined;
}
