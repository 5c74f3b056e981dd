/** Where the traffic of a client that is described, connected or not, goes: the same rows that the client gets. */
import type { Graph } from '../graph/index.js';
import { type ClusterTables, destinationCluster, failoverCluster } from '../mesh/clusters/clusters.js';
import { type ExplainedTier, explain } from '../mesh/explain.js';
import { hostnamesOf } from '../mesh/discovery/hosts.js';
import type { OrderingClient } from '../mesh/preference/order.js';
import { formatLocality } from '../mesh/preference/rule-text.js';
import type { LocalityShare } from '../mesh/clusters/shares.js';
import type { MeshModel } from '../mesh/tables.js';
import type { ExplainQuery, ExplainResult, ExplainedLocality } from './api.js';

export function explainFor(graph: Graph, model: MeshModel, query: ExplainQuery): ExplainResult | string {
  const { hostname, region = '', zone = '', subZone = '', cluster = '', labels = {} } = query;
  const found = clustersOf(graph, model, hostname, cluster);
  const ports = found.map(({ port }) => port);
  if (found.length === 0) return `Nothing serves the hostname ${hostname}.`;
  if (query.port === undefined && found.length > 1) return `${hostname} is served on the ports ${ports.join(', ')}: say which one.`;
  const chosen = query.port === undefined ? found[0] : found.find(({ port }) => port === query.port);
  if (chosen === undefined) return `${hostname} is not served on port ${String(query.port)}, but on ${ports.join(', ')}.`;
  const client: OrderingClient = { locality: { region, zone, subZone }, cluster, labels };
  const { tiers, warnings } = explain(graph.read.bind(graph), model, chosen.key, client);
  return {
    hostname,
    port: chosen.port,
    client: { locality: formatLocality(client.locality), cluster, labels },
    down: [],
    tiers: tiers.map(toTier),
    findings: warnings,
  };
}

interface FoundCluster {
  readonly key: string;
  readonly port: number;
}

/** A failover destination's before a plain service's, as in the routes. A client of any namespace may use the full names. */
function clustersOf(graph: Graph, model: MeshModel, hostname: string, cluster: string): readonly FoundCluster[] {
  const { failovers } = model.failovers;
  const { destinations } = model.destinations;
  const [mesh] = graph.read(model.meshes.byCluster, cluster) ?? [];
  const virtual = graph.keys(failovers).flatMap((key) => {
    const failover = graph.read(failovers, key);
    if (failover?.hosts.includes(hostname) !== true) return [];
    if (mesh !== undefined && failover.meshes?.includes(mesh) === false) return [];
    return failover.ports.map(({ number }) => ({ key: failoverCluster(key, number), port: number }));
  });
  const plain = graph.keys(destinations).flatMap((key) => {
    const destination = graph.read(destinations, key);
    const namespace = destination?.service?.namespace ?? '';
    if (destination === undefined || !hostnamesOf(destination, { cluster, namespace }).includes(hostname)) return [];
    return destination.ports.map(({ number }) => ({ key: destinationCluster(key, number), port: number }));
  });
  const taken = new Set(virtual.map(({ port }) => port));
  return [...virtual, ...plain.filter(({ port }) => !taken.has(port))].filter(({ key }) => exists(graph, model.clusters, key));
}

function exists(graph: Graph, { clusters }: ClusterTables, key: string): boolean {
  return graph.read(clusters, key) !== undefined;
}

function toTier({ share, rule, localities }: ExplainedTier, priority: number): ExplainResult['tiers'][number] {
  return { priority, share, rule, localities: localities.map(toLocality) };
}

function toLocality({ group, share, endpoints }: LocalityShare): ExplainedLocality {
  return {
    ...group.locality,
    weight: group.weight,
    share: round(share),
    endpoints: group.endpoints.map(({ address, port, health }, i) => ({ address, port, health, share: round(endpoints[i] ?? 0) })),
  };
}

/** Hundredths of a percent are more than traffic will ever show. */
function round(share: number): number {
  return Math.round(share * 100) / 100;
}
