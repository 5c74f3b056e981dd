/** Which destinations a `destinationSelector` means. */
import type { DestinationSelector, DestinationSelector_KubeServiceMatcher as KubeServiceMatcher } from '../generated/resources.js';
import type { Read } from '../graph/index.js';
import { type DestinationTables, serviceKey } from './destinations.js';
import type { Destination } from './model.js';

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
  const refs = selector.kubeServiceRefs?.services ?? [];
  const named = refs.flatMap((ref) => read(tables.byService, serviceKey(ref)) ?? []);
  return selector.kubeServiceMatcher ? [...named, ...matchKubeServices(read, selector.kubeServiceMatcher, tables)] : named;
}

function matchKubeServices(read: Read, matcher: KubeServiceMatcher, tables: DestinationTables): readonly string[] {
  return (read(tables.all, '') ?? []).filter((key) => {
    const destination = read(tables.destinations, key);
    return destination !== undefined && matches(destination, matcher);
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

function matchesOne(allowed: readonly string[], value: string): boolean {
  return allowed.length === 0 || allowed.includes(value);
}

/** Whether `labels` has every one of `wanted`. */
export function matchesLabels(labels: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}
