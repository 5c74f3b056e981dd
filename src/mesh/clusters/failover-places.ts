/** The localities of the endpoints behind failover destinations, and the localities that have any endpoint or node. */
import { compareText } from '../../api/resource.js';
import type { Resource } from '../../api/resource.js';
import type { DestinationSpec, NodeSpec } from '../../generated/resources.js';
import { type Graph, type Input, type Read, type Table, type Key, partsCodec } from '../../graph/index.js';
import { localityOf } from '../discovery/services/kube-place.js';
import type { FailoverTables } from '../failovers/failovers.js';
import type { Locality } from '../model/model.js';
import type { ListedClass } from './endpoint-class.js';
import type { DestinationKey } from '../model/object-key.js';
import type { NodeKey } from '../model/kube-key.js';
import type { FailoverKey } from '../model/failover-key.js';
import { type ClusterKey, failoverCluster } from '../model/cluster-key.js';

export interface PlaceTables {
  /** The endpoints behind all ports of a failover destination, by the properties that rules compare. */
  readonly classes: Table<FailoverKey, readonly ListedClass[]>;
  /** Whether an endpoint of any service, or a node, is in the locality. */
  readonly hasEndpointOrNode: (read: Read, locality: Locality) => boolean;
}

export interface PlaceInputs {
  readonly destinations: Input<DestinationKey, Resource<DestinationSpec>>;
  readonly nodes: Input<NodeKey, Resource<NodeSpec>>;
}

export function declarePlaces(
  graph: Graph,
  { destinations, nodes }: PlaceInputs,
  { failovers }: FailoverTables,
  classesOf: Table<ClusterKey, readonly ListedClass[]>,
): PlaceTables {
  const destinationsByPlace = graph.index('destinationsByPlace', destinations, ({ spec = {} }) =>
    distinctKeys(localitiesOf(spec)),
  );
  const nodesByPlace = graph.index('nodesByPlace', nodes, ({ labels }) => distinctKeys([localityOf(labels)]));
  const classes = graph.derive<FailoverKey, readonly ListedClass[]>('failoverClasses', (read, key) => {
    const ports = read(failovers, key)?.ports ?? [];
    const found = ports.flatMap(({ number }) => read(classesOf, failoverCluster(key, number)) ?? []);
    const distinct = new Map(found.map((of) => [of.key, of]));
    return [...distinct].sort(([a], [b]) => compareText(a, b)).map(([, of]) => of);
  });
  const tables: readonly Table<PlaceKey, readonly unknown[]>[] = [destinationsByPlace, nodesByPlace];
  const hasEndpointOrNode = (read: Read, locality: Locality): boolean =>
    tables.some((table) => lookups(locality).some((key) => (read(table, key) ?? []).length > 0));
  return { classes, hasEndpointOrNode };
}

function localitiesOf({ kubeService, externalService }: DestinationSpec): readonly Locality[] {
  const region = kubeService?.region ?? '';
  const zones = (kubeService?.endpointSubsets ?? []).flatMap(({ endpoints = [] }) =>
    endpoints.map(({ subLocality }) => subLocality),
  );
  const external = (externalService?.endpoints ?? []).map(({ labels = {} }) => localityOf(labels));
  return [...zones.map((place) => ({ region, zone: place?.zone ?? '', subZone: place?.subZone ?? '' })), ...external];
}

function distinctKeys(localities: readonly Locality[]): readonly PlaceKey[] {
  return [...new Set(localities.flatMap(placeKeys))];
}

/** A region, a zone or a sub-zone. */
type PlaceKey = Key<'place'>;

const PLACE = partsCodec<PlaceKey, readonly [region: string, zone?: string, subZone?: string]>(3);

/** The keys of the region, the zone and the sub-zone of a locality. */
function placeKeys({ region, zone, subZone }: Locality): readonly PlaceKey[] {
  const inRegion = region === '' ? [] : [PLACE.format(region)];
  if (zone === '') return inRegion;
  return [...inRegion, PLACE.format(region, zone), ...(subZone === '' ? [] : [PLACE.format(region, zone, subZone)])];
}

/** The keys under which the locality may be stored. Some zones are stored without a region. */
function lookups({ region, zone, subZone }: Locality): readonly PlaceKey[] {
  if (zone === '') return [PLACE.format(region)];
  const within = subZone === '' ? ([zone] as const) : ([zone, subZone] as const);
  return [PLACE.format(region, ...within), PLACE.format('', ...within)];
}
