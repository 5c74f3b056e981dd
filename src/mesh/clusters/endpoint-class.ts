/**
 * Classes of endpoints. The endpoints of a class are in the same list and the same member of an aggregate, and the rule does not
 * distinguish them.
 */
import { compareText } from '../../api/resource.js';
import { type Read, type Key, partsCodec } from '../../graph/index.js';
import type { DestinationTables } from '../discovery/destinations.js';
import { inSubset } from '../discovery/services/subset.js';
import type { Backing, EndpointGroup } from '../model/model.js';
import { labelOf } from '../preference/label-order.js';
import type { EndpointClass } from '../preference/order.js';
import { labelsOf } from '../preference/order-rule.js';
import type { UpstreamCluster } from './upstream-cluster.js';
import { destinationPortKey } from '../model/target-key.js';

/** Determines the order of classes. */
export type ClassKey = Key<'endpoint class'>;

/** Parts: list, locality, cluster, labels, member. */
const CLASS = partsCodec<ClassKey, readonly string[]>(0);

export interface ListedClass extends EndpointClass {
  readonly key: ClassKey;
  readonly list: number;
  /** `id` of the member of an aggregate. Empty for other clusters. */
  readonly member: string;
}

/**
 * The endpoints of a cluster by class. The order of classes does not depend on the endpoints. The classes of a member have the same order
 * as in its aggregate.
 */
export function classify(
  read: Read,
  cluster: UpstreamCluster,
  tables: DestinationTables,
): ReadonlyMap<ListedClass, EndpointGroup> {
  const labels = labelsOf(cluster.rule);
  const found = new Map<string, { of: ListedClass; parts: EndpointGroup[] }>();
  for (const {
    backing: { destination, port },
    list,
    member,
  } of behind(cluster)) {
    const clusterName = read(tables.destinations, destination)?.service?.cluster ?? '';
    const groups = inSubset(read(tables.endpoints, destinationPortKey(destination, port)) ?? [], cluster.subset);
    for (const group of groups.flatMap((whole) => splitByLabels(whole, labels))) {
      const of = toClass(group, clusterName, { list, member }, labels);
      const known = found.get(of.key);
      if (known === undefined) found.set(of.key, { of, parts: [group] });
      else known.parts.push(group);
    }
  }
  const sorted = [...found].sort(([a], [b]) => compareText(a, b));
  return new Map(sorted.map(([, { of, parts }]) => [of, joined(of, parts)]));
}

interface Behind extends Pick<ListedClass, 'list' | 'member'> {
  readonly backing: Backing;
}

function behind(cluster: UpstreamCluster): readonly Behind[] {
  const parts = cluster.type === 'AGGREGATE' ? cluster.members : [{ id: '', backings: cluster.backings }];
  return parts.flatMap(({ id, backings }) =>
    backings.flatMap((of, list) => of.map((backing) => ({ backing, list, member: id }))),
  );
}

/** Returns a single group unchanged, so that it is encoded only once for all rankings. */
function joined({ locality }: ListedClass, [first, ...others]: readonly EndpointGroup[]): EndpointGroup {
  if (first !== undefined && others.length === 0) return first;
  return { locality, endpoints: [first, ...others].flatMap((group) => group?.endpoints ?? []) };
}

/** Splits a group so that all endpoints of a part have the same values of the labels that the rule compares. */
function splitByLabels(group: EndpointGroup, keys: readonly string[]): readonly EndpointGroup[] {
  if (keys.length === 0) return group.endpoints.length === 0 ? [] : [group];
  return group.endpoints.map((endpoint) => ({ locality: group.locality, endpoints: [endpoint] }));
}

function toClass(
  { locality, endpoints }: EndpointGroup,
  cluster: string,
  { list, member }: Pick<ListedClass, 'list' | 'member'>,
  keys: readonly string[],
): ListedClass {
  const full = { locality, cluster, labels: endpoints[0]?.labels ?? {} };
  const labels = Object.fromEntries(keys.map((key) => [key, labelOf(full, key)]));
  const { region, zone, subZone } = locality;
  const key = CLASS.format(String(list), region, zone, subZone, cluster, ...Object.values(labels), member);
  return { key, list, member, locality, cluster, labels };
}
