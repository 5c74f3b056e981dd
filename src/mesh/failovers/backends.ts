/** The backends of a failover destination. */
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

/** A service that the failover destination lists or selects, and its destination if it exists. */
export interface FoundBackend extends Named<ServiceRef> {
  readonly destination?: Destination;
}

/** Listed services in their order; selected ones by key. */
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

/** An external service belongs to no cluster. */
function nameOf({ service, ref }: Destination): ServiceRef {
  return service ?? { ...ref, cluster: '' };
}

function findService(read: Read, service: Named<ServiceRef>, tables: DestinationTables): FoundBackend {
  const [key] = read(tables.byService, serviceKey(service.value)) ?? [];
  const destination = key === undefined ? undefined : read(tables.destinations, key);
  return { ...service, ...(destination && { destination }) };
}

/** Without selectors, nothing is selected: no failover destination is meant to include every service. */
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

/** The kinds of backends. */
export type ServiceKind = 'SERVICE' | 'EXTERNAL_SERVICE';

/** The keys that a selector selects, in its workspace or else in all workspaces. */
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

/** Several services in one cluster, where the failover destination may have one for each. External services belong to no cluster. */
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
