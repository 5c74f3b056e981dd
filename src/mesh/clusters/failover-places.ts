/** Where the endpoints behind failover destinations are, and where anything is at all. */
import { compareText } from '../../api/resource.js';
import type { Resource } from '../../api/resource.js';
import type { DestinationSpec, NodeSpec } from '../../generated/resources.js';
import type { Graph, Input, Read, Table } from '../../graph/index.js';
import { localityOf } from '../discovery/kube-place.js';
import type { FailoverTables } from '../failovers/failovers.js';
import type { Locality } from '../model/model.js';
import { failoverCluster } from './cluster-key.js';
import type { ListedClass } from './endpoint-class.js';

export interface PlaceTables {
  /** By `resourceKey` of a failover destination: what is behind all of its ports, as far as rules tell it apart. */
  readonly classes: Table<string, readonly ListedClass[]>;
  /** Whether an endpoint of any service, or a node, is in the locality. */
  readonly isInhabited: (read: Read, locality: Locality) => boolean;
}

export interface PlaceInputs {
  readonly destinations: Input<string, Resource<DestinationSpec>>;
  readonly nodes: Input<string, Resource<NodeSpec>>;
}

export function declarePlaces(
  graph: Graph,
  { destinations, nodes }: PlaceInputs,
  { failovers }: FailoverTables,
  classesOf: Table<string, readonly ListedClass[]>,
): PlaceTables {
  const destinationsByPlace = graph.index('destinationsByPlace', destinations, ({ spec = {} }) =>
    distinctKeys(localitiesOf(spec)),
  );
  const nodesByPlace = graph.index('nodesByPlace', nodes, ({ labels }) => distinctKeys([localityOf(labels)]));
  const classes = graph.derive<string, readonly ListedClass[]>('failoverClasses', (read, key) => {
    const ports = read(failovers, key)?.ports ?? [];
    const found = ports.flatMap(({ number }) => read(classesOf, failoverCluster(key, number)) ?? []);
    const distinct = new Map(found.map((of) => [of.key, of]));
    return [...distinct].sort(([a], [b]) => compareText(a, b)).map(([, of]) => of);
  });
  const isInhabited = (read: Read, locality: Locality): boolean =>
    [destinationsByPlace, nodesByPlace].some((table) =>
      lookups(locality).some((key) => (read(table, key) ?? []).length > 0),
    );
  return { classes, isInhabited };
}

function localitiesOf({ kubeService, externalService }: DestinationSpec): readonly Locality[] {
  const region = kubeService?.region ?? '';
  const zones = (kubeService?.endpointSubsets ?? []).flatMap(({ endpoints = [] }) =>
    endpoints.map(({ subLocality }) => subLocality),
  );
  const external = (externalService?.endpoints ?? []).map(({ labels = {} }) => localityOf(labels));
  return [...zones.map((place) => ({ region, zone: place?.zone ?? '', subZone: place?.subZone ?? '' })), ...external];
}

function distinctKeys(localities: readonly Locality[]): readonly string[] {
  return [...new Set(localities.flatMap(placeKeys))];
}

/** A key for each place that the locality is in. */
function placeKeys({ region, zone, subZone }: Locality): readonly string[] {
  if (zone === '') return region === '' ? [] : [region];
  const [inZone, inSubZone] = [`${region}/${zone}`, `${region}/${zone}/${subZone}`];
  return [...(region === '' ? [] : [region]), inZone, ...(subZone === '' ? [] : [inSubZone])];
}

/** The keys under which what is in the locality may stand: a zone may be known without its region. */
function lookups({ region, zone, subZone }: Locality): readonly string[] {
  if (zone === '') return [region];
  const within = subZone === '' ? zone : `${zone}/${subZone}`;
  return [`${region}/${within}`, `/${within}`];
}
