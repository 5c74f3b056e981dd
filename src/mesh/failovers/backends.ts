/** Which destinations are behind a failover destination. */
import type { ObjectSelectorV2 } from '../../generated/resources.js';
import type { Read } from '../../graph/index.js';
import { type DestinationTables, serviceKey } from '../discovery/destinations.js';
import type { Backends, FailoverSpec, Named } from '../model/failover-spec.js';
import { type Destination, type ServiceRef, formatService } from '../model/model.js';
import { selectDestinations, selectExternalServices, selectKubeServices } from '../discovery/selectors.js';
import type { Conditions } from '../discovery/traits.js';

/** A service behind a failover destination, and the destination that it is, if there is one. */
export interface FoundBackend extends Named<ServiceRef> {
  readonly destination?: Destination;
}

/** In the order in which they are listed; selected ones in the order of their keys. */
export function findBackends(read: Read, { backends, backendsPath }: FailoverSpec, tables: DestinationTables): readonly FoundBackend[] {
  if (backends.type === 'static') return backends.services.map((service) => findService(read, service, tables));
  return selectedKeys(read, backends, tables).flatMap((key) => {
    const destination = read(tables.destinations, key);
    return destination === undefined ? [] : [{ value: nameOf(destination), path: backendsPath, destination }];
  });
}

/** An external service is in no cluster. */
function nameOf({ service, ref }: Destination): ServiceRef {
  return service ?? { ...ref, cluster: '' };
}

function findService(read: Read, service: Named<ServiceRef>, tables: DestinationTables): FoundBackend {
  const [key] = read(tables.byService, serviceKey(service.value)) ?? [];
  const destination = key === undefined ? undefined : read(tables.destinations, key);
  return { ...service, ...(destination && { destination }) };
}

/** No selector selects nothing: a failover destination over everything is never meant. */
function selectedKeys(read: Read, backends: Exclude<Backends, { type: 'static' }>, tables: DestinationTables): readonly string[] {
  if (backends.type === 'localized') return backends.selectors.length === 0 ? [] : selectDestinations(read, backends.selectors, tables);
  const services = selectKubeServices(read, backends.services.map(({ value }) => toConditions(value)), tables);
  const external = selectExternalServices(read, backends.externalServices.map(({ value }) => toConditions(value)), tables);
  return [...new Set([...services, ...external])].sort();
}

/** What is left out matches everything; what is empty, only what has none. */
function toConditions({ name, namespace, cluster, labels }: ObjectSelectorV2): Conditions {
  return { name, namespaces: listOf(namespace), clusters: listOf(cluster), labels };
}

function listOf(value: string | undefined): readonly string[] {
  return value === undefined ? [] : [value];
}

/** Services of one cluster where only one of each may be selected. External services are in none. */
export function crowdedClusters(found: readonly FoundBackend[]): readonly (readonly [cluster: string, services: string])[] {
  const byCluster = new Map<string, string[]>();
  for (const { value, destination } of found) {
    if (destination?.service === undefined) continue;
    byCluster.set(value.cluster, [...(byCluster.get(value.cluster) ?? []), formatService(value)]);
  }
  return [...byCluster].filter(([, services]) => services.length > 1).map(([cluster, services]) => [cluster, services.join(', ')]);
}
