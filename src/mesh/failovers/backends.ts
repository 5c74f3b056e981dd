/** Which destinations are behind a failover destination. */
import type { ObjectSelectorV2 } from '../../generated/resources.js';
import type { Read } from '../../graph/index.js';
import type { DestinationTables } from '../discovery/destinations.js';
import { serviceKey } from '../model/kube-key.js';
import type { DestinationKey } from '../model/object-key.js';
import { isFailover } from '../model/target-key.js';
import type { Backends, FailoverSpec, Named } from '../model/failover-spec.js';
import { type Destination, type ServiceRef, formatService } from '../model/model.js';
import { selectDestinations } from '../discovery/selectors.js';
import { type TargetTables, matching, toConditions, workspaceOf } from '../policies/selection/target-selectors.js';

/** A service behind a failover destination, and the destination that it is, if there is one. */
export interface FoundBackend extends Named<ServiceRef> {
  readonly destination?: Destination;
}

/** In the order in which they are listed; selected ones in the order of their keys. */
export function findBackends(
  read: Read,
  { backends, backendsPath }: FailoverSpec,
  tables: TargetTables,
): readonly FoundBackend[] {
  const { destinations } = tables;
  if (backends.type === 'static') return backends.services.map((service) => findService(read, service, destinations));
  return selectedKeys(read, backends, tables).flatMap((key) => {
    const destination = read(destinations.destinations, key);
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
function selectedKeys(
  read: Read,
  backends: Exclude<Backends, { type: 'static' }>,
  tables: TargetTables,
): readonly DestinationKey[] {
  if (backends.type === 'localized')
    return backends.selectors.length === 0 ? [] : selectDestinations(read, backends.selectors, tables.destinations);
  const services = backends.services.flatMap(({ value }) => selectObjects(read, value, 'SERVICE', tables));
  const external = backends.externalServices.flatMap(({ value }) =>
    selectObjects(read, value, 'EXTERNAL_SERVICE', tables),
  );
  return [...new Set([...services, ...external])].sort();
}

/** What can be behind a failover destination. */
export type ServiceKind = 'SERVICE' | 'EXTERNAL_SERVICE';

/** Keys of what a selector selects; unless it names a workspace, of every workspace. */
export function selectObjects(
  read: Read,
  selector: ObjectSelectorV2,
  kind: ServiceKind,
  tables: TargetTables,
): readonly DestinationKey[] {
  const { workspace } = selector;
  const found = matching(read, { path: [], kinds: [kind], conditions: toConditions(selector) }, tables).filter(
    (key) => !isFailover(key),
  );
  return workspace === undefined ? found : found.filter((key) => workspaceOf(read, key, tables) === workspace);
}

/** Services of one cluster where only one of each may be selected. External services are in none. */
export function crowdedClusters(
  found: readonly FoundBackend[],
): readonly (readonly [cluster: string, services: string])[] {
  const byCluster = new Map<string, string[]>();
  for (const { value, destination } of found) {
    if (destination?.service === undefined) continue;
    byCluster.set(value.cluster, [...(byCluster.get(value.cluster) ?? []), formatService(value)]);
  }
  return [...byCluster]
    .filter(([, services]) => services.length > 1)
    .map(([cluster, services]) => [cluster, services.join(', ')]);
}
