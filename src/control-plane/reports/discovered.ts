/**
 * Discovered destinations as Destination resources. They have the status of their Service.
 */
import { compareText } from '../../api/resource.js';
import type { Graph } from '../../graph/index.js';
import type { Destination, EndpointGroup, Locality } from '../../mesh/model/model.js';
import type { MeshModel } from '../../mesh/tables.js';
import type { ResourceQuery, ResourceWithStatus } from '../api/api.js';
import { matches } from '../api/query.js';
import { destinationPortKey } from '../../mesh/model/target-key.js';

const API_VERSION = 'discovery.mesh.gloo.solo.io/v1';
/** Names the Service that the destination was discovered from. */
export const DISCOVERED_FROM_ANNOTATION = 'lifeboat.dev/discovered-from';

/**
 * A step for each destination.
 * @param statusOf returns the status of the destination's Service
 */
export function* discoveredResources(
  graph: Graph,
  model: MeshModel,
  query: ResourceQuery,
  statusOf: (service: NonNullable<Destination['service']>) => ResourceWithStatus['status'],
): Generator<void, readonly ResourceWithStatus[]> {
  if (!matches({ kind: 'Destination', namespace: query.namespace ?? '', name: query.name ?? '' }, query)) return [];
  const { discovery, destinations, endpoints } = model.destinations;
  const asked: Destination[] = [];
  for (const key of graph.keys(discovery.destinations)) {
    const destination = graph.read(destinations, key);
    if (destination !== undefined && matches({ kind: 'Destination', ...destination.ref }, query))
      asked.push(destination);
    yield;
  }
  asked.sort((a, b) => compareText(a.ref.namespace, b.ref.namespace) || compareText(a.ref.name, b.ref.name));
  const resources: ResourceWithStatus[] = [];
  for (const destination of asked) {
    const { service } = destination;
    if (service === undefined) continue;
    const groupsOf = (port: number): readonly EndpointGroup[] =>
      graph.read(endpoints, destinationPortKey(destination.key, port)) ?? [];
    resources.push(toResource(destination, service, groupsOf, statusOf(service)));
    yield;
  }
  return resources;
}

function toResource(
  { ref, mesh, labels, ports }: Destination,
  service: NonNullable<Destination['service']>,
  groupsOf: (port: number) => readonly EndpointGroup[],
  status: ResourceWithStatus['status'],
): ResourceWithStatus {
  const { name, namespace, cluster } = service;
  const region = commonRegion(ports.flatMap(({ number }) => groupsOf(number)));
  return {
    apiVersion: API_VERSION,
    kind: 'Destination',
    metadata: {
      ...{ name: ref.name, namespace: ref.namespace, labels },
      annotations: {
        [DISCOVERED_FROM_ANNOTATION]: `Service/${namespace}/${name}`,
        ...(cluster !== '' && { 'cluster.solo.io/cluster': cluster }),
      },
    },
    spec: {
      ...(mesh !== '' && { mesh: toRef(mesh) }),
      kubeService: {
        ref: { name, namespace, ...(cluster !== '' && { clusterName: cluster }) },
        ports: ports.map(({ number, name: portName, protocol }) => ({
          port: number,
          ...(portName !== '' && { name: portName }),
          protocol,
        })),
        ...(region !== undefined && { region }),
        endpointSubsets: ports.flatMap(({ number, name: portName }) =>
          subsets(groupsOf(number), portName, region === undefined),
        ),
      },
    },
    ...(status && { status }),
  };
}

/** The reference to a Mesh, from its key. Namespaces contain no dots. */
function toRef(key: string): { readonly name: string; readonly namespace: string } {
  const dot = key.lastIndexOf('.');
  return { name: key.slice(0, dot), namespace: key.slice(dot + 1) };
}

/** A Destination resource has one region for all of its endpoints. `undefined` if the endpoints are in several regions. */
function commonRegion(groups: readonly EndpointGroup[]): string | undefined {
  const [region, ...others] = new Set(groups.map(({ locality }) => locality.region));
  return region !== '' && others.length === 0 ? region : undefined;
}

/** The endpoints for one port of the service, by their own port. */
function subsets(groups: readonly EndpointGroup[], name: string, withRegion: boolean): readonly object[] {
  const byPort = new Map<number, object[]>();
  for (const { locality, endpoints } of groups) {
    const place = localityFields(locality, withRegion);
    for (const { address, port, health, labels } of endpoints) {
      const subset = byPort.get(port) ?? [];
      byPort.set(port, subset);
      subset.push({ ipAddress: address, ...(Object.keys(labels).length > 0 && { labels }), health, ...place });
    }
  }
  return [...byPort].map(([port, endpoints]) => ({ endpoints, ports: [{ port, ...(name !== '' && { name }) }] }));
}

function localityFields({ region, zone, subZone }: Locality, withRegion: boolean): object {
  return {
    ...(withRegion && region !== '' && { region }),
    ...(zone !== '' && { subLocality: { zone, ...(subZone !== '' && { subZone }) } }),
  };
}
