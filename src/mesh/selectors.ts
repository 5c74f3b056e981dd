/** Which destinations a `destinationSelector` means. */
import type {
  DestinationSelector,
  DestinationSelector_ExternalServiceMatcher as ExternalServiceMatcher,
  DestinationSelector_KubeServiceMatcher as KubeServiceMatcher,
} from '../generated/resources.js';
import type { Read } from '../graph/index.js';
import { type DestinationTables, serviceKey } from './destinations.js';
import { type Destination, objectKey } from './model.js';

/** Keys of the selected destinations, sorted. No selector at all selects every destination. */
export function selectDestinations(
  read: Read,
  selectors: readonly DestinationSelector[],
  tables: DestinationTables,
): readonly string[] {
  if (selectors.length === 0) return read(tables.all, '') ?? [];
  return [...new Set(selectors.flatMap((selector) => selectBy(read, selector, tables)))].sort();
}

function selectBy(read: Read, selector: DestinationSelector, tables: DestinationTables): readonly string[] {
  const { kubeServiceRefs, kubeServiceMatcher, externalServiceRefs, externalServiceMatcher } = selector;
  const services = (kubeServiceRefs?.services ?? []).flatMap((ref) => read(tables.byService, serviceKey(ref)) ?? []);
  const external = (externalServiceRefs?.externalServices ?? []).flatMap((ref) => externalService(read, ref, tables) ?? []);
  return [
    ...services,
    ...(kubeServiceMatcher ? matching(read, tables, (destination) => matches(destination, kubeServiceMatcher)) : []),
    ...external,
    ...(externalServiceMatcher ? matching(read, tables, (destination) => matchesExternal(destination, externalServiceMatcher)) : []),
  ];
}

/** The key of the external service with that Destination object. */
export function externalService(
  read: Read,
  { name = '', namespace = '' }: { readonly name?: string; readonly namespace?: string },
  tables: DestinationTables,
): string | undefined {
  const destination = read(tables.destinations, objectKey({ name, namespace }));
  return destination !== undefined && destination.service === undefined ? destination.key : undefined;
}

function matching(read: Read, tables: DestinationTables, accepts: (destination: Destination) => boolean): readonly string[] {
  return (read(tables.all, '') ?? []).filter((key) => {
    const destination = read(tables.destinations, key);
    return destination !== undefined && accepts(destination);
  });
}

/** An empty list or map matches everything. */
function matches({ service, labels }: Destination, matcher: KubeServiceMatcher): boolean {
  return (
    service !== undefined &&
    matchesOne(matcher.namespaces ?? [], service.namespace) &&
    matchesOne(matcher.clusters ?? [], service.cluster) &&
    matchesLabels(labels, matcher.labels ?? {})
  );
}

function matchesExternal({ service, ref, labels }: Destination, matcher: ExternalServiceMatcher): boolean {
  return service === undefined && matchesOne(matcher.namespaces ?? [], ref.namespace) && matchesLabels(labels, matcher.labels ?? {});
}

/** Whether the value is allowed; an empty list allows all. */
export function matchesOne(allowed: readonly string[], value: string): boolean {
  return allowed.length === 0 || allowed.includes(value);
}

/** Whether `labels` has every one of `wanted`. */
export function matchesLabels(labels: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}
