/** Where the traffic of a client goes, connected or not. Reads the rows that the client gets. */
import { didYouMean, suggest } from '../../api/suggest.js';
import type { Graph } from '../../graph/index.js';
import type { ClusterTables } from '../../mesh/clusters/clusters.js';
import type { LocalityShare } from '../../mesh/clusters/shares.js';
import {
  endpointSubsets,
  failoverHostnames,
  hostnamesOf,
  inOrderOfNames,
  ownNamespace,
  serviceCalled,
} from '../../mesh/discovery/hosts.js';
import { byPrecedence } from '../../mesh/discovery/services/precedence.js';
import type { ExplainedTier } from '../../mesh/explain.js';
import { type ExplainedClient, explainHost } from '../../mesh/explain-host.js';
import { formatLocality } from '../../mesh/preference/rule-text.js';
import type { MeshModel } from '../../mesh/tables.js';
import type { ExplainQuery, ExplainResult, ExplainedLocality, Unexplained } from '../api/api.js';
import { explainedLocalityFindings, nothingInReach } from './explain-locality.js';
import type { FailoverKey } from '../../mesh/model/failover-key.js';
import { type ClusterKey, destinationCluster, failoverCluster } from '../../mesh/model/cluster-key.js';

export function explainFor(graph: Graph, model: MeshModel, query: ExplainQuery): ExplainResult | Unexplained {
  const { hostname, region = '', zone = '', subZone = '', cluster = '', namespace, labels = {} } = query;
  const chosen = chooseCluster(graph, model, query);
  if ('error' in chosen) return chosen;
  const client: ExplainedClient = { locality: { region, zone, subZone }, cluster, labels, namespace: namespace ?? '' };
  const read = graph.read.bind(graph);
  const { tiers, warnings } = explainHost(read, model, chosen.key, client);
  if (tiers.length === 0)
    return absent(nothingInReach(read, model, chosen.key, client.locality, `${hostname}:${String(chosen.port)}`));
  return {
    hostname,
    port: chosen.port,
    client: {
      locality: formatLocality(client.locality),
      cluster,
      ...(namespace !== undefined && { namespace }),
      labels,
    },
    down: [],
    tiers: tiers.map(toTier),
    findings: [
      ...warnings,
      ...explainedLocalityFindings(
        read,
        model,
        chosen.key,
        client.locality,
        tiers.flatMap(({ localities }) => localities.map(({ group }) => group.locality)),
      ),
    ],
  };
}

function absent(error: string): Unexplained {
  return { reason: 'absent', error };
}

interface FoundCluster {
  readonly key: ClusterKey;
  readonly port: number;
}

function chooseCluster(graph: Graph, model: MeshModel, query: ExplainQuery): FoundCluster | Unexplained {
  const { hostname, port } = query;
  const found = clustersOf(graph, model, query);
  const ports = [...new Set(found.map((of) => of.port))];
  const [first] = found;
  if (first === undefined) return absent(notServed(graph, model, query));
  if (port === undefined && ports.length > 1)
    return { reason: 'ambiguous', error: `${hostname} is served on the ports ${ports.join(', ')}: say which one.` };
  const chosen = port === undefined ? first : found.find((of) => of.port === port);
  return chosen ?? absent(`${hostname} is not served on port ${String(port)}, but on ${ports.join(', ')}.`);
}

/** Clients of other namespaces may know the name, or the service may not be exported to this client. */
function notServed(graph: Graph, model: MeshModel, query: ExplainQuery): string {
  const { hostname, namespace, ...others } = query;
  if (namespace !== undefined && clustersOf(graph, model, { hostname, ...others }).length > 0) {
    return `Nothing serves the hostname ${hostname} for clients in namespace ${namespace}, but for those of another one.`;
  }
  return `Nothing serves the hostname ${hostname}${seenFrom(query)}.${didYouMean(suggest(hostname, everyHostname(graph, model, query)))}`;
}

/** The hostnames depend on the client's cluster. */
function seenFrom({ cluster = '' }: ExplainQuery): string {
  return cluster === '' ? '' : ` for clients in the cluster "${cluster}"`;
}

/** The clusters with this hostname, in the order of precedence in the routes. Without a namespace, short names of all namespaces match. */
function clustersOf(
  graph: Graph,
  model: MeshModel,
  { hostname, cluster = '', namespace }: ExplainQuery,
): readonly FoundCluster[] {
  const { failovers } = model.failovers;
  const virtual = failoversSeenFrom(graph, model, cluster).flatMap((key) => {
    const failover = graph.read(failovers, key);
    if (
      failover === undefined ||
      !failoverHostnames(failover.hosts, { namespace: namespace ?? namespaceIn(failover.hosts, hostname) }).includes(
        hostname,
      )
    )
      return [];
    return failover.ports.map(({ number }) => ({ key: failoverCluster(key, number), port: number }));
  });
  const taken = new Set(virtual.map(({ port }) => port));
  const plain = servicesCalled(graph, model, { hostname, cluster, namespace }).filter(({ port }) => !taken.has(port));
  return [...virtual, ...plain].filter(({ key }) => exists(graph, model.clusters, key));
}

interface Called {
  readonly hostname: string;
  readonly cluster: string;
  readonly namespace: string | undefined;
}

function servicesCalled(
  graph: Graph,
  { destinations: tables }: MeshModel,
  { hostname, cluster, namespace }: Called,
): readonly FoundCluster[] {
  const read = graph.read.bind(graph);
  const called = graph.keys(tables.destinations).flatMap((key) => {
    const destination = read(tables.destinations, key);
    if (destination === undefined) return [];
    const client = { cluster, namespace: namespace ?? ownNamespace(destination, cluster) };
    const subset = ['', ...endpointSubsets(destination)].find((part) =>
      hostnamesOf(destination, client, part).includes(hostname),
    );
    return subset === undefined ? [] : [{ destination, subset }];
  });
  const order = byPrecedence(read, tables.ages);
  const ports = called
    .sort((a, b) => order(a.destination, b.destination))
    .flatMap(({ destination, subset }) =>
      destination.ports.map(({ number }) => [destinationCluster(destination.key, number, subset), number] as const),
    );
  const numbers = new Map(ports);
  return inOrderOfNames(read, [...numbers.keys()], tables).map((key) => ({ key, port: numbers.get(key) ?? 0 }));
}

function failoversSeenFrom(
  graph: Graph,
  { failovers: { failovers }, meshes }: MeshModel,
  cluster: string,
): readonly FailoverKey[] {
  const [mesh] = graph.read(meshes.byCluster, cluster) ?? [];
  if (mesh === undefined) return graph.keys(failovers);
  return graph.keys(failovers).filter((key) => graph.read(failovers, key)?.meshes?.includes(mesh) !== false);
}

function everyHostname(graph: Graph, model: MeshModel, { cluster = '', namespace }: ExplainQuery): readonly string[] {
  const { destinations } = model.destinations;
  const virtual = failoversSeenFrom(graph, model, cluster).flatMap(
    (key) => graph.read(model.failovers.failovers, key)?.hosts ?? [],
  );
  const plain = graph.keys(destinations).flatMap((key) => {
    const destination = graph.read(destinations, key);
    return destination === undefined
      ? []
      : hostnamesOf(destination, { cluster, namespace: namespace ?? ownNamespace(destination, cluster) });
  });
  return [...virtual, ...plain];
}

/** If the hostname is the short name of a service: the service's namespace. */
function namespaceIn(hosts: readonly string[], hostname: string): string {
  return hosts.map(serviceCalled).find((service) => service?.name === hostname)?.namespace ?? '';
}

function exists(graph: Graph, { clusters }: ClusterTables, key: ClusterKey): boolean {
  return graph.read(clusters, key) !== undefined;
}

function toTier({ priority, share, rule, localities }: ExplainedTier): ExplainResult['tiers'][number] {
  return { priority, share: round(share), rule, localities: localities.map(toLocality) };
}

function toLocality({ group, share, endpoints }: LocalityShare): ExplainedLocality {
  return {
    ...group.locality,
    weight: group.weight,
    share: round(share),
    endpoints: group.endpoints.map(({ address, port, health }, i) => ({
      address,
      port,
      health,
      share: round(endpoints[i] ?? 0),
    })),
  };
}

/** Two decimals. */
function round(share: number): number {
  return Math.round(share * 100) / 100;
}
