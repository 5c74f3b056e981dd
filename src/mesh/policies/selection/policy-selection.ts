/** The targets of a TrafficPolicy: destinations, and virtual destinations if a selector names them. */
import type { DestinationSelector } from '../../../generated/resources.js';
import type { Read, Table } from '../../../graph/index.js';
import type { DestinationTables } from '../../discovery/destinations.js';
import { type FailoverKey, failoverKey, parseFailoverKey } from '../../model/failover-key.js';
import type { FailoverResource } from '../../model/failover-spec.js';
import type { TargetKey } from '../../model/target-key.js';
import { selectDestinations } from '../../discovery/selectors.js';
import { type SelectableTable, selectKeys } from '../../discovery/services/selector-index.js';

/** The objects that policies select from. */
export interface Selectable {
  readonly destinations: DestinationTables;
  /** A row for every FailoverService and VirtualDestination, valid or not. */
  readonly failovers: Table<FailoverKey, FailoverResource>;
  /** The same FailoverServices and VirtualDestinations, by name, namespace and labels. */
  readonly selectableFailovers: SelectableTable<FailoverKey, FailoverResource>;
}

/**
 * Keys of the selected destinations and virtual destinations, sorted. A policy without selectors selects every destination, which
 * includes requests that a virtual destination forwards to them. The hostname of a virtual destination needs its own selector.
 */
export function selectTargets(
  read: Read,
  selectors: readonly DestinationSelector[],
  selectable: Selectable,
): readonly TargetKey[] {
  const destinations = selectDestinations(read, selectors, selectable.destinations);
  const virtual = selectors.flatMap((selector) => selectVirtualDestinations(read, selector, selectable));
  return [...new Set<TargetKey>([...destinations, ...virtual])].sort();
}

function selectVirtualDestinations(
  read: Read,
  selector: DestinationSelector,
  { failovers, selectableFailovers }: Selectable,
): readonly FailoverKey[] {
  const { virtualDestinationMatcher: matcher, virtualDestinationRefs: refs } = selector;
  const named = (refs?.virtualDestinations ?? [])
    .map(virtualDestinationKey)
    .filter((key) => read(failovers, key) !== undefined);
  if (matcher === undefined) return named;
  const { namespaces, labels } = matcher;
  const matching = selectKeys(read, selectableFailovers, [{ namespaces, labels }]);
  return [...named, ...matching.filter((key) => parseFailoverKey(key).kind === 'VirtualDestination')];
}

export function virtualDestinationKey({
  name = '',
  namespace = '',
}: {
  readonly name?: string;
  readonly namespace?: string;
}): FailoverKey {
  return failoverKey({ kind: 'VirtualDestination', namespace, name });
}
