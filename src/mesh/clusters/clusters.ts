/** What Envoy's clusters are made of: one for each port of each destination, one for each port of each failover destination. */
import { type Graph, type Read, type Table, sameRow } from '../../graph/index.js';
import { type DestinationTables, backingKey } from '../discovery/destinations.js';
import type { FailoverTables } from '../failovers/failovers.js';
import { joinKey, splitKey } from '../model/key.js';
import type { Backing, Destination, EndpointGroup, FailoverDestination, FailoverDestinationPort, OutlierDetection, Protocol } from '../model/model.js';
import type { OrderRule } from '../preference/order-rule.js';
import { type RankingTables, declareRankings } from './ranking.js';
import type { ResilienceTables } from '../failovers/resilience.js';
import { type SubsetLabels, inSubset, parseSubset } from '../discovery/subset.js';
import type { ConnectionSettings } from '../policies/connection-settings.js';
import { type TrafficPolicyTables, connectionSettingsOn } from '../policies/traffic-policies.js';
import { type TlsMode, type UpstreamTls, upstreamTls } from '../policies/upstream-tls.js';

/** Settings that Envoy keeps per cluster, so that services can share one only where these are equal. */
export interface ClusterSettings {
  readonly http2: boolean;
  /** Absent where nothing configures it: nothing is ejected. */
  readonly outlierDetection?: OutlierDetection;
  /** Absent for plain text. */
  readonly tls?: UpstreamTls;
  /** Absent where no policy says anything of connections. */
  readonly connections?: ConnectionSettings;
}

export type UpstreamCluster = EdsCluster | DnsCluster | AggregateCluster;

/** Its endpoints come by EDS, under the cluster's own name. */
export interface EdsCluster extends ClusterSettings {
  readonly type: 'EDS';
  readonly name: string;
  /** Lists in order of preference. */
  readonly backings: readonly (readonly Backing[])[];
  /** The order inside each list. */
  readonly rule: OrderRule;
  /** Labels that its endpoints have; absent for all endpoints. */
  readonly subset?: SubsetLabels;
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

export interface ClusterTables extends RankingTables {
  /** By `destinationCluster` or `failoverCluster` key. */
  readonly clusters: Table<UpstreamCluster>;
  /** The key of the cluster of that name. */
  readonly byName: (read: Read, name: string) => string | undefined;
}

export interface ClusterContext {
  readonly destinations: DestinationTables;
  readonly failovers: FailoverTables;
  readonly policies: TrafficPolicyTables;
  readonly resilience: ResilienceTables;
}

/** The key of the cluster of one port of a destination; `subset` as `formatSubset` gives it. */
export function destinationCluster(destination: string, port: number, subset = ''): string {
  return joinKey('destination', destination, String(port), ...(subset === '' ? [] : [subset]));
}

/** The key of the cluster of one port of a failover destination; `failover` is the `resourceKey`. */
export function failoverCluster(failover: string, port: number, subset = ''): string {
  return joinKey('failover', failover, String(port), ...(subset === '' ? [] : [subset]));
}

export function declareClusters(graph: Graph, context: ClusterContext): ClusterTables {
  const { destinations, failovers } = context;
  const destinationsByName = graph.index('destinationsByClusterName', destinations.destinations, (destination) =>
    destination.ports.map(({ number }) => destinationClusterName(destination, number)),
  );
  const failoversByName = graph.index('failoversByClusterName', failovers.failovers, (failover) =>
    failover.ports.map(({ number }) => failoverClusterName(failover, number)),
  );
  const clusters = graph.derive<UpstreamCluster>('clusters', (read, key) => {
    const [kind, of, port, subset] = splitKey(key);
    const part = { port: Number(port), subset };
    return kind === 'failover' ? ofFailover(read, of, part, context) : ofDestination(read, of, part, context);
  });
  const byName = (read: Read, name: string): string | undefined => {
    const [direction = '', port = '', subset = '', host = ''] = name.split('|');
    const whole = `${direction}|${port}||${host}`;
    if (parseSubset(subset) === undefined) return undefined;
    const [failover] = read(failoversByName, whole) ?? [];
    if (failover !== undefined) return failoverCluster(failover, Number(port), subset);
    const [destination] = read(destinationsByName, whole) ?? [];
    return destination === undefined ? undefined : destinationCluster(destination, Number(port), subset);
  };
  return { clusters, byName, ...declareRankings(graph, clusters, destinations) };
}

/** `outbound|PORT|SUBSET|HOST`, as Istio names clusters, so that dashboards and habits carry over. */
export function destinationClusterName(destination: Destination, port: number, subset = ''): string {
  return `outbound|${port}|${subset}|${globalHostname(destination)}`;
}

export function failoverClusterName({ clusterHost }: FailoverDestination, port: number, subset = ''): string {
  return `outbound|${port}|${subset}|${clusterHost}`;
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

/** A port, and the subset as `formatSubset` gives it. */
interface Part {
  readonly port: number;
  readonly subset: string;
}

function ofDestination(read: Read, key: string, { port, subset }: Part, context: ClusterContext): EdsCluster | DnsCluster | undefined {
  const destination = read(context.destinations.destinations, key);
  if (destination === undefined) return undefined;
  const name = destinationClusterName(destination, port, subset);
  const settings = settingsOf(read, { destination: key, port }, context);
  const endpoints = destination.service && !destination.named ? [] : (read(context.destinations.endpoints, backingKey(key, port)) ?? []);
  return endpoints.some(hasHostname)
    ? { type: 'STRICT_DNS', name, endpoints: inSubset(endpoints, subsetLabels(subset)), ...settings }
    : { type: 'EDS', name, backings: [[{ destination: key, port }]], rule: { type: 'listed' }, ...chosen(subset), ...settings };
}

function subsetLabels(subset: string): SubsetLabels | undefined {
  return subset === '' ? undefined : parseSubset(subset);
}

function chosen(subset: string): Pick<EdsCluster, 'subset'> {
  const labels = subsetLabels(subset);
  return labels === undefined ? {} : { subset: labels };
}

/** One EDS cluster with priorities where the services' settings agree, else an aggregate of their own clusters. */
function ofFailover(read: Read, key: string, part: Part, context: ClusterContext): UpstreamCluster | undefined {
  const failover = read(context.failovers.failovers, key);
  const port = failover?.ports.find((candidate) => candidate.number === part.port);
  if (failover === undefined || port === undefined) return undefined;
  const { subset } = part;
  const name = failoverClusterName(failover, port.number, subset);
  const settings = failoverSettings(read, key, port, context);
  const own = port.backings.flat().flatMap((backing) => ofDestination(read, backing.destination, { port: backing.port, subset }, context) ?? []);
  const agree = settings.every((other) => sameRow(other, settings[0]));
  if (own.every(({ type }) => type === 'EDS') && (agree || !failover.listed)) {
    const rule = read(context.resilience.rules, key) ?? { type: 'listed' };
    return { type: 'EDS', name, backings: port.backings, rule, ...chosen(subset), ...(settings[0] ?? { http2: needsHttp2(port.protocol) }) };
  }
  return { type: 'AGGREGATE', name, clusters: own.map((cluster) => cluster.name) };
}

/** The settings for each service; what is configured for the failover destination counts for all of them. */
function failoverSettings(
  read: Read,
  key: string,
  { backings, protocol }: FailoverDestinationPort,
  context: ClusterContext,
): readonly ClusterSettings[] {
  const outlierDetection = read(context.resilience.outlierDetection, key);
  const mode = read(context.policies.tlsModes, key);
  const connections = connectionSettingsOn(read, key, context.policies);
  return backings.flat().map((backing) => {
    const own = settingsOf(read, backing, context, mode);
    return { ...own, ...(outlierDetection && { outlierDetection }), ...(connections && { connections }), http2: own.http2 || needsHttp2(protocol) };
  });
}

/** `mode`: where something else than the service's own policies decides on TLS. */
function settingsOf(read: Read, { destination: key, port }: Backing, context: ClusterContext, mode?: TlsMode): ClusterSettings {
  const destination = read(context.destinations.destinations, key);
  const protocol = destination?.ports.find(({ number }) => number === port)?.protocol ?? 'HTTP';
  const outlierDetection = read(context.policies.outlierDetection, key);
  const tls = destination && upstreamTls(mode ?? read(context.policies.tlsModes, key) ?? 'DISABLE', destination, port);
  const connections = connectionSettingsOn(read, key, context.policies);
  return { http2: needsHttp2(protocol), ...(outlierDetection && { outlierDetection }), ...(tls && { tls }), ...(connections && { connections }) };
}

const ipAddress = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)$/;

function hasHostname({ endpoints }: EndpointGroup): boolean {
  return endpoints.some(({ address }) => !ipAddress.test(address));
}
