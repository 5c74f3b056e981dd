/** Which destinations a `destinationSelector` means. */
import type {
  DestinationSelector,
  DestinationSelector_ExternalServiceMatcher as ExternalServiceMatcher,
  DestinationSelector_KubeServiceMatcher as KubeServiceMatcher,
} from '../../generated/resources.js';
import type { Read } from '../../graph/index.js';
import type { DestinationTables } from './destinations.js';
import { type DestinationKey, destinationKey } from '../model/object-key.js';
import { namedService } from './services/service-ref.js';
import { type Conditions, ALL_SELECTABLE, selectKeys } from './services/selector-index.js';

/** Keys of the selected destinations, sorted. No selector at all selects every destination. */
export function selectDestinations(
  read: Read,
  selectors: readonly DestinationSelector[],
  tables: DestinationTables,
): readonly DestinationKey[] {
  if (selectors.length === 0) return read(tables.all, ALL_SELECTABLE) ?? [];
  return [...new Set(selectors.flatMap((selector) => selectBy(read, selector, tables)))].sort();
}

function selectBy(read: Read, selector: DestinationSelector, tables: DestinationTables): readonly DestinationKey[] {
  const { kubeServiceRefs, kubeServiceMatcher, externalServiceRefs, externalServiceMatcher } = selector;
  const services = (kubeServiceRefs?.services ?? []).flatMap((ref) => read(tables.byService, namedService(ref)) ?? []);
  const external = (externalServiceRefs?.externalServices ?? []).flatMap(
    (ref) => externalService(read, ref, tables) ?? [],
  );
  return [
    ...services,
    ...(kubeServiceMatcher ? kubeServices(read, kubeServiceMatcher, tables) : []),
    ...external,
    ...(externalServiceMatcher ? externalServices(read, externalServiceMatcher, tables) : []),
  ];
}

/** The key of the external service with that Destination object. */
export function externalService(
  read: Read,
  { name = '', namespace = '' }: { readonly name?: string; readonly namespace?: string },
  tables: DestinationTables,
): DestinationKey | undefined {
  const destination = read(tables.destinations, destinationKey({ name, namespace }));
  return destination !== undefined && destination.service === undefined ? destination.key : undefined;
}

/** Keys of the Kubernetes services for which one of the `selectors` holds, sorted. */
export function selectKubeServices(
  read: Read,
  selectors: readonly Conditions[],
  { selectable, destinations }: DestinationTables,
): readonly DestinationKey[] {
  return selectKeys(read, selectable, selectors).filter((key) => read(destinations, key)?.service !== undefined);
}

/** Keys of the external services for which one of the `selectors` holds, sorted. */
export function selectExternalServices(
  read: Read,
  selectors: readonly Conditions[],
  { selectable, destinations }: DestinationTables,
): readonly DestinationKey[] {
  return selectKeys(read, selectable, selectors).filter((key) => read(destinations, key)?.service === undefined);
}

function kubeServices(
  read: Read,
  { namespaces, clusters, labels }: KubeServiceMatcher,
  tables: DestinationTables,
): readonly DestinationKey[] {
  return selectKubeServices(read, [{ namespaces, clusters, labels }], tables);
}

function externalServices(
  read: Read,
  { namespaces, labels }: ExternalServiceMatcher,
  tables: DestinationTables,
): readonly DestinationKey[] {
  return selectExternalServices(read, [{ namespaces, labels }], tables);
}
