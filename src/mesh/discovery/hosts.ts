/** The names under which a client reaches a service. https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/ */
import { globalHostname } from '../model/global-hostname.js';
import type { Read } from '../../graph/index.js';
import { type Destination, type ExportTo, ENDPOINT_HOST_LABEL } from '../model/model.js';
import type { DestinationTables } from './destinations.js';
import { formatSubset, parseSubset } from './services/subset.js';
import { type ClusterKey, destinationOfCluster } from '../model/cluster-key.js';

/** The location of a client, which decides which names it can use. */
export interface NameScope {
  readonly cluster: string;
  readonly namespace: string;
}

/**
 * Short names work within the service's own cluster, the shortest within its namespace; the global one from everywhere. A service that
 * is in no cluster is in every client's own. `subset`: one of `endpointSubsets`, whose names lead to some of the endpoints only.
 */
export function hostnamesOf(destination: Destination, client: NameScope, subset = ''): readonly string[] {
  const { service, hosts, endpointHosts = [] } = destination;
  if (!isExportedTo(destination, client)) return [];
  const endpointHost = subset === '' ? undefined : parseSubset(subset)?.[ENDPOINT_HOST_LABEL];
  if (service !== undefined)
    return endpointHost === undefined
      ? serviceNames(destination, client)
      : serviceNames(destination, client).map((name) => `${endpointHost}.${name}`);
  if (endpointHost !== undefined) return [endpointHost];
  return endpointHosts.length === 0 ? hosts : hosts.filter((host) => !endpointHosts.includes(host));
}

/** The subsets of a destination that have names of their own, as `formatSubset` gives them. */
export function endpointSubsets({ endpointHosts = [] }: Destination): readonly string[] {
  return endpointHosts.map((host) => formatSubset({ [ENDPOINT_HOST_LABEL]: host }));
}

/** Whether the subset, as `formatSubset` gives it, is one of those. */
export function hasOwnNames(subset: string): boolean {
  return subset !== '' && parseSubset(subset)?.[ENDPOINT_HOST_LABEL] !== undefined;
}

/** A namespace whose clients in that cluster have the most names for the destination. */
export function ownNamespace({ service, exportTo = [] }: Destination, cluster: string): string {
  const to = exportTo.find(({ clusters }) => clusters.length === 0 || clusters.includes(cluster));
  return service?.namespace ?? to?.namespaces[0] ?? '';
}

/** Whether `exportTo` allows some client to call both by their names. */
export function haveClientsInCommon({ exportTo: a }: Destination, { exportTo: b }: Destination): boolean {
  if (a === undefined || b === undefined) return true;
  return a.some((one) =>
    b.some((other) => meet(one.clusters, other.clusters) && meet(one.namespaces, other.namespaces)),
  );
}

function meet(a: readonly string[], b: readonly string[]): boolean {
  return isAny(a) || isAny(b) || a.some((value) => b.includes(value));
}

function isAny(list: readonly string[]): boolean {
  return list.length === 0 || list.includes('*');
}

function includes({ clusters, namespaces }: ExportTo, client: NameScope): boolean {
  const allows = (list: readonly string[], value: string): boolean => isAny(list) || list.includes(value);
  return allows(clusters, client.cluster) && allows(namespaces, client.namespace);
}

function serviceNames(destination: Destination, client: NameScope): readonly string[] {
  const { name = '', namespace = '', cluster = '' } = destination.service ?? {};
  const everywhere = [globalHostname(destination)];
  if (cluster !== '' && cluster !== client.cluster) return everywhere;
  return [...new Set([...localNames(name, namespace, client.namespace), ...everywhere])];
}

/** The names that a client in that namespace can use, shortest first. */
function localNames(name: string, namespace: string, from: string): readonly string[] {
  const qualified = `${name}.${namespace}`;
  return [...(namespace === from ? [name] : []), qualified, `${qualified}.svc`, `${qualified}${LOCAL_SUFFIX}`];
}

const LOCAL_SUFFIX = '.svc.cluster.local';

/**
 * Keys of clusters in the order in which they take names: failover destinations, services by their own names, services that are in no
 * cluster, and external services, whose names are whatever somebody wrote. Otherwise the order stays.
 */
export function inOrderOfNames(
  read: Read,
  clusters: readonly ClusterKey[],
  { destinations }: Pick<DestinationTables, 'destinations'>,
): readonly ClusterKey[] {
  const ranks: readonly [ClusterKey[], ClusterKey[], ClusterKey[]] = [[], [], []];
  for (const cluster of clusters) {
    const destination = destinationOfCluster(cluster);
    ranks[nameRank(destination && read(destinations, destination))].push(cluster);
  }
  const [first, second, third] = ranks;
  return second.length + third.length === 0 ? clusters : [...first, ...second, ...third];
}

function nameRank(destination: Destination | undefined): 0 | 1 | 2 {
  if (destination === undefined) return 0;
  if (destination.service === undefined) return 2;
  return destination.service.cluster === '' ? 1 : 0;
}

/** Whether the client calls the destination by its names. */
export function isExportedTo({ exportTo }: Destination, client: NameScope): boolean {
  return exportTo === undefined || exportTo.some((to) => includes(to, client));
}

/** A failover destination with the name of a service takes over all names of that service in the client's own cluster. */
export function failoverHostnames(
  hosts: readonly string[],
  { namespace: from }: Pick<NameScope, 'namespace'>,
): readonly string[] {
  if (!hosts.some((host) => host.endsWith(LOCAL_SUFFIX))) return hosts;
  const names = hosts.flatMap((host) => {
    const service = serviceCalled(host);
    return service === undefined ? [] : localNames(service.name, service.namespace, from);
  });
  return [...new Set([...hosts, ...names])];
}

const serviceHost = /^([^.]+)\.([^.]+)\.svc\.cluster\.local$/;

/** The name and namespace of the service that the host is called like. */
export function serviceCalled(host: string): { readonly name: string; readonly namespace: string } | undefined {
  const [, name, namespace] = serviceHost.exec(host) ?? [];
  return name === undefined || namespace === undefined ? undefined : { name, namespace };
}

/** The full name that a client's resolver would make of a shorter one of a service; itself for any other. */
export function qualifiedName(hostname: string, { namespace }: Pick<NameScope, 'namespace'>): string {
  const parts = hostname.split('.');
  if (parts.length === 1) return `${hostname}.${namespace}${LOCAL_SUFFIX}`;
  if (parts.length === 2) return `${hostname}${LOCAL_SUFFIX}`;
  return parts.length === 3 && parts[2] === 'svc' ? `${hostname}.cluster.local` : hostname;
}
