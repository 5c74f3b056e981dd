/** What Envoy's clusters are made of: one for each port of each destination, one for each failover destination. */
import { type Graph, type Read, type Table, sameRow } from '../graph/index.js';
import { type DestinationTables, backingKey } from './destinations.js';
import type { FailoverTables } from './failovers.js';
import { joinKey, splitKey } from './key.js';
import {
  type Backing,
  type Destination,
  type EndpointGroup,
  type FailoverDestination,
  type OutlierDetection,
  type Protocol,
} from './model.js';
import { type Tiers, toTiers } from './tiers.js';
import type { TrafficPolicyTables } from './traffic-policies.js';

/** Settings that Envoy keeps per cluster, so that services can share one only where these are equal. */
export interface ClusterSettings {
  readonly http2: boolean;
  /** Absent where no policy configures it: nothing is ejected. */
  readonly outlierDetection?: OutlierDetection;
}

export type UpstreamCluster = EdsCluster | DnsCluster | AggregateCluster;

/** Its endpoints come by EDS, under the cluster's own name. */
export interface EdsCluster extends ClusterSettings {
  readonly type: 'EDS';
  readonly name: string;
  /** One tier for each, in order of preference. */
  readonly backings: readonly Backing[];
}

/** Its endpoints are hostnames, which EDS does not take. */
export interface DnsCluster extends ClusterSettings {
  readonly type: 'STRICT_DNS';
  readonly name: string;
  readonly endpoints: readonly EndpointGroup[];
}

/** Other clusters in order of preference, each with its own settings. */
export interface AggregateCluster {
  readonly type: 'AGGREGATE';
  readonly name: string;
  readonly clusters: readonly string[];
}

export interface ClusterTables {
  /** By `destinationCluster` or `failoverCluster` key. */
  readonly clusters: Table<UpstreamCluster>;
  /** Cluster keys by the cluster's name. */
  readonly byName: (read: Read, name: string) => string | undefined;
  /** By key of an EDS cluster. */
  readonly tiers: Table<Tiers>;
}

export interface ClusterContext {
  readonly destinations: DestinationTables;
  readonly failovers: FailoverTables;
  readonly policies: TrafficPolicyTables;
}

/** The key of the cluster of one port of a destination. */
export function destinationCluster(destination: string, port: number): string {
  return joinKey('destination', destination, String(port));
}

/** The key of a failover destination's cluster; `failover` is the `resourceKey`. */
export function failoverCluster(failover: string): string {
  return joinKey('failover', failover);
}

export function declareClusters(graph: Graph, context: ClusterContext): ClusterTables {
  const { destinations, failovers } = context;
  const destinationsByName = graph.index('destinationsByClusterName', destinations.destinations, (destination) =>
    destination.ports.map(({ number }) => destinationClusterName(destination, number)),
  );
  const failoversByName = graph.index('failoversByClusterName', failovers.failovers, (failover) => [failoverClusterName(failover)]);
  const clusters = graph.derive<UpstreamCluster>('clusters', (read, key) => {
    const [kind, of, port] = splitKey(key);
    return kind === 'failover' ? ofFailover(read, of, context) : ofDestination(read, of, Number(port), context);
  });
  const tiers = graph.derive<Tiers>('tiers', (read, key) => {
    const cluster = read(clusters, key);
    if (cluster?.type !== 'EDS') return undefined;
    return toTiers(cluster.backings.map(({ destination, port }) => read(destinations.endpoints, backingKey(destination, port)) ?? []));
  });
  const byName = (read: Read, name: string): string | undefined => {
    const [failover] = read(failoversByName, name) ?? [];
    if (failover !== undefined) return failoverCluster(failover);
    const [destination] = read(destinationsByName, name) ?? [];
    return destination === undefined ? undefined : destinationCluster(destination, Number(name.split('|')[1]));
  };
  return { clusters, tiers, byName };
}

/** `outbound|PORT||HOST`, as Istio names clusters, so that dashboards and habits carry over. */
export function destinationClusterName(destination: Destination, port: number): string {
  return `outbound|${port}||${globalHostname(destination)}`;
}

export function failoverClusterName({ hostname, port }: FailoverDestination): string {
  return `outbound|${port}||${hostname}`;
}

/** The name by which a service is known from everywhere: `reviews.bookinfo.svc.mgmt-cluster.global`. */
export function globalHostname({ service, hosts, ref }: Destination): string {
  if (service === undefined) return hosts[0] ?? `${ref.name}.${ref.namespace}`;
  const suffix = service.cluster === '' ? 'cluster.local' : `${service.cluster}.global`;
  return `${service.name}.${service.namespace}.svc.${suffix}`;
}

export function needsHttp2(protocol: Protocol): boolean {
  return protocol === 'HTTP2' || protocol === 'GRPC';
}

function ofDestination(read: Read, key: string, port: number, context: ClusterContext): UpstreamCluster | undefined {
  const destination = read(context.destinations.destinations, key);
  if (destination === undefined) return undefined;
  const name = destinationClusterName(destination, port);
  const settings = settingsOf(read, { destination: key, port }, context);
  const endpoints = destination.service ? [] : (read(context.destinations.endpoints, backingKey(key, port)) ?? []);
  return endpoints.some(hasHostname)
    ? { type: 'STRICT_DNS', name, endpoints, ...settings }
    : { type: 'EDS', name, backings: [{ destination: key, port }], ...settings };
}

/** One EDS cluster with priorities where the services' settings agree, else an aggregate of their own clusters. */
function ofFailover(read: Read, key: string, context: ClusterContext): UpstreamCluster | undefined {
  const failover = read(context.failovers.failovers, key);
  if (failover === undefined) return undefined;
  const name = failoverClusterName(failover);
  const own = failover.backings.flatMap(({ destination, port }) => ofDestination(read, destination, port, context) ?? []);
  const http2 = needsHttp2(failover.protocol);
  const settings = failover.backings.map((backing) => settingsOf(read, backing, context)).map((s) => ({ ...s, http2: s.http2 || http2 }));
  const agree = own.every(({ type }) => type === 'EDS') && settings.every((other) => sameRow(other, settings[0]));
  return agree
    ? { type: 'EDS', name, backings: failover.backings, ...(settings[0] ?? { http2 }) }
    : { type: 'AGGREGATE', name, clusters: own.map((cluster) => cluster.name) };
}

function settingsOf(read: Read, { destination, port }: Backing, context: ClusterContext): ClusterSettings {
  const ports = read(context.destinations.destinations, destination)?.ports ?? [];
  const protocol = ports.find(({ number }) => number === port)?.protocol ?? 'HTTP';
  const outlierDetection = read(context.policies.outlierDetection, destination);
  return { http2: needsHttp2(protocol), ...(outlierDetection && { outlierDetection }) };
}

const ipAddress = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)$/;

function hasHostname({ endpoints }: EndpointGroup): boolean {
  return endpoints.some(({ address }) => !ipAddress.test(address));
}
