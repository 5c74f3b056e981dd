/** The endpoints of one port of a destination, grouped by locality and put in an order that does not depend on the input's. */
import { compareText } from '../../api/resource.js';
import type {
  DestinationSpec,
  DestinationSpec_ExternalService as ExternalService,
  DestinationSpec_KubeService as KubeService,
} from '../../generated/resources.js';
import type { Endpoint, EndpointGroup, Health, Locality } from '../model/model.js';
import { localityOf } from './kube-place.js';

/** A destination without endpoints, or without that port, gives no groups. */
export function endpointsOf(spec: DestinationSpec, port: number): readonly EndpointGroup[] {
  const located = spec.externalService
    ? externalEndpoints(spec.externalService, port)
    : kubeEndpoints(spec.kubeService ?? {}, port);
  return groupByLocality(located);
}

export interface Located {
  readonly locality: Locality;
  readonly endpoint: Endpoint;
}

function kubeEndpoints(service: KubeService, port: number): readonly Located[] {
  const name = service.ports?.find((candidate) => candidate.port === port)?.name;
  return (service.endpointSubsets ?? []).flatMap((subset) => {
    const target = targetPort(subset.ports ?? [], port, name);
    if (target === undefined) return [];
    return (subset.endpoints ?? []).map((endpoint) => ({
      locality: {
        region: service.region ?? '',
        zone: endpoint.subLocality?.zone ?? '',
        subZone: endpoint.subLocality?.subZone ?? '',
      },
      endpoint: {
        address: endpoint.ipAddress ?? '',
        port: target,
        health: toHealth(endpoint.health),
        labels: endpoint.labels ?? {},
      },
    }));
  });
}

interface SubsetPort {
  readonly port?: number;
  readonly name?: string;
}

/** Kubernetes ties a service's port to its endpoints' by name; a sole port without a name needs none. */
function targetPort(ports: readonly SubsetPort[], port: number, name: string | undefined): number | undefined {
  const named = ports.find((candidate) => (candidate.name ?? '') === (name ?? ''));
  const sole = ports.length === 1 ? ports[0] : undefined;
  return (named ?? sole ?? ports.find((candidate) => candidate.port === port))?.port;
}

/** An external service without endpoints is reached by its hostnames. */
function externalEndpoints(service: ExternalService, port: number): readonly Located[] {
  const nowhere = { region: '', zone: '', subZone: '' };
  const { endpoints = [], hosts = [], ports = [] } = service;
  if (endpoints.length === 0) return hosts.map((address) => ({ locality: nowhere, endpoint: { address, port, health: 'HEALTHY', labels: {} } }));
  const name = ports.find((candidate) => candidate.number === port)?.name ?? '';
  return endpoints.map(({ address = '', ports: byName = {}, health, labels = {} }) => ({
    locality: localityOf(labels),
    endpoint: { address, port: byName[name] ?? port, health: toHealth(health), labels },
  }));
}

function toHealth(health: string | undefined): Health {
  return health === 'UNHEALTHY' || health === 'DRAINING' ? health : 'HEALTHY';
}

/** Of the same address in one locality the first counts. */
export function groupByLocality(located: readonly Located[]): readonly EndpointGroup[] {
  const groups = new Map<string, { locality: Locality; endpoints: Map<string, Endpoint> }>();
  for (const { locality, endpoint } of located) {
    const key = localityKey(locality);
    const group = groups.get(key) ?? { locality, endpoints: new Map<string, Endpoint>() };
    groups.set(key, group);
    const address = `${endpoint.address} ${endpoint.port}`;
    if (!group.endpoints.has(address)) group.endpoints.set(address, endpoint);
  }
  return [...groups]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, { locality, endpoints }]) => ({
      locality,
      endpoints: [...endpoints].sort(([a], [b]) => compareText(a, b)).map(([, endpoint]) => endpoint),
    }));
}

function localityKey({ region, zone, subZone }: Locality): string {
  return `${region}/${zone}/${subZone}`;
}
