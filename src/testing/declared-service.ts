/** One declared Destination and its rows. */
import type { Resource } from '../api/resource.js';
import type { DestinationSpec } from '../generated/resources.js';
import type { DestinationKey } from '../mesh/model/object-key.js';
import { destinationPortKey } from '../mesh/model/target-key.js';
import { type World, resource } from './world.js';

export type KubeService = NonNullable<DestinationSpec['kubeService']>;
type ExternalService = NonNullable<DestinationSpec['externalService']>;

export const SERVICE_REF = { name: 'cart', namespace: 'app', clusterName: 'east' };
export const HTTP_PORT = { port: 80, name: 'http' };

export function declaredService(spec: KubeService): Resource<DestinationSpec> {
  return resource('Destination', 'cart', {
    kubeService: { ref: SERVICE_REF, region: 'r1', ports: [HTTP_PORT], ...spec },
  });
}

export function withEndpoints(...addresses: readonly string[]): Resource<DestinationSpec> {
  return declaredService({
    endpointSubsets: [{ ports: [HTTP_PORT], endpoints: addresses.map((ipAddress) => ({ ipAddress })) }],
  });
}

export function declaredExternal(spec: ExternalService): Resource<DestinationSpec> {
  return resource('Destination', 'cart', {
    externalService: { hosts: ['cart.example'], ports: [{ number: 80, name: 'http', protocol: 'HTTP' }], ...spec },
  });
}

export const DECLARED_KEY = 'cart.failover' as DestinationKey;

export function endpointsOf({ graph, model }: World, port = 80): readonly string[] {
  const groups = graph.read(model.destinations.endpoints, destinationPortKey(DECLARED_KEY, port)) ?? [];
  return groups.flatMap(({ locality: { region, zone, subZone }, endpoints: members }) =>
    members.map(({ address, port: target }) => `${[region, zone, subZone].join('/')} ${address}:${String(target)}`),
  );
}

export function findingsOf({ graph, model }: World): readonly string[] {
  return (graph.read(model.destinations.findings, DECLARED_KEY) ?? []).map(
    ({ severity, code, path, message }) => `${severity} ${code} ${path.slice(2).join('.')}: ${message}`,
  );
}

export function portsOf({ graph, model }: World): readonly string[] {
  return (graph.read(model.destinations.destinations, DECLARED_KEY)?.ports ?? []).map(
    ({ number, name, protocol }) => `${String(number)} ${name} ${protocol}`,
  );
}
