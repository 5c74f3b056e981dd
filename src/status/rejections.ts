/**
 * Attributes NACKs to the resources that caused them, by the names of clusters, listeners and route configurations. It must not know
 * streams.
 */
import { type Resource, type ResourceKey, resourceKey } from '../api/resource.js';
import type { Graph } from '../graph/index.js';
import type { FailoverDestination } from '../mesh/model/model.js';
import type { MeshModel } from '../mesh/tables.js';
import type { Status } from './approval.js';
import { rejectedResources } from './rejected-resources.js';
import { parseFailoverKey } from '../mesh/model/failover-key.js';
import { parseCluster } from '../mesh/model/cluster-key.js';

export interface RejectedConfiguration {
  readonly type: 'cluster' | 'endpoints' | 'listener' | 'route configuration';
  readonly name: string;
  /** The listen port offset: the difference between the port in the listener's name and the model's port. */
  readonly portOffset: number;
  /** The error message of Envoy or of the guard. */
  readonly message: string;
  readonly by: RejectedBy;
  /** The virtual host that the message is about, by the name of its cluster. */
  readonly host?: string;
  /** The resources that it was made from. */
  readonly sources: readonly Resource<unknown>[];
}

export type RejectedBy =
  /** The first Envoy that rejected it. `among`: the number of resources in the response, if the error message named none. */
  | { readonly type: 'envoy'; readonly nodeId: string; readonly among?: number }
  /** The guard did not send it. `part`: only this part was left out. */
  | { readonly type: 'guard'; readonly part?: string };

/**
 * A sentence for each NACK, by the `resourceKey` of the resources that caused it: those after which the message is named, and those
 * whose values occur in the error message.
 */
export function rejectionsByResource(
  graph: Graph,
  model: MeshModel,
  rejected: readonly RejectedConfiguration[],
): ReadonlyMap<ResourceKey, readonly string[]> {
  const sentences = new Map<ResourceKey, string[]>();
  for (const rejection of rejected) {
    const named = rejectedResources(rejection.message, rejection.name, rejection.sources).map(({ ref }) =>
      resourceKey(ref),
    );
    for (const key of new Set([...ownersOf(graph, model, rejection), ...named])) {
      sentences.set(key, [...(sentences.get(key) ?? []), sentence(rejection)]);
    }
  }
  return sentences;
}

function sentence({ type, name, message, by }: RejectedConfiguration): string {
  if (by.type === 'guard') {
    const what =
      by.part === undefined ? `does not send the ${type} ${name}` : `leaves ${by.part} out of the ${type} ${name}`;
    return `Lifeboat ${what}, because Envoy would reject it: ${message}`;
  }
  if (by.among === undefined) return `Envoy ${by.nodeId} rejected the ${type} ${name}: ${message}`;
  return `Envoy ${by.nodeId} rejected one of ${by.among} resources without naming it, among them the ${type} ${name}: ${message}`;
}

function ownersOf(graph: Graph, model: MeshModel, rejection: RejectedConfiguration): readonly ResourceKey[] {
  if (rejection.host !== undefined) return ownersOfCluster(graph, model, rejection.host);
  return rejection.type === 'cluster' || rejection.type === 'endpoints'
    ? ownersOfCluster(graph, model, rejection.name)
    : ownersOfPort(graph, model, rejection);
}

function ownersOfCluster(graph: Graph, { clusters, destinations }: MeshModel, name: string): readonly ResourceKey[] {
  const key = clusters.byName(graph.read.bind(graph), name);
  if (key === undefined) return [];
  const [kind, of] = parseCluster(key);
  if (kind === 'failover') return [resourceKey(parseFailoverKey(of))];
  const destination = graph.read(destinations.destinations, of);
  if (destination === undefined) return [];
  const { ref, service } = destination;
  // A discovered Destination has no document; its Service has the status.
  const discovered = service === undefined ? [] : [resourceKey({ kind: 'Service', ...withCluster(service) })];
  return [resourceKey({ kind: 'Destination', namespace: ref.namespace, name: ref.name }), ...discovered];
}

function withCluster({
  name,
  namespace,
  cluster,
}: {
  readonly name: string;
  readonly namespace: string;
  readonly cluster: string;
}) {
  return { name, namespace, ...(cluster !== '' && { cluster }) };
}

/** The failover destinations of a port share its message. Those that occur in the error message are affected, otherwise all. */
function ownersOfPort(
  graph: Graph,
  { failovers }: MeshModel,
  { name, portOffset, message }: RejectedConfiguration,
): readonly ResourceKey[] {
  const port = Number(/\d+$/.exec(name)?.[0]) - portOffset;
  const onPort = graph
    .keys(failovers.failovers)
    .filter((key) => graph.read(failovers.failovers, key)?.ports.some(({ number }) => number === port));
  const named = onPort.filter((key) => isNamed(graph.read(failovers.failovers, key), message));
  return (named.length > 0 ? named : onPort).map((key) => resourceKey(parseFailoverKey(key)));
}

function isNamed(failover: FailoverDestination | undefined, message: string): boolean {
  return failover !== undefined && [failover.clusterHost, ...failover.hosts].some((host) => message.includes(host));
}

/** The status of a resource with NACKs. An invalid resource stays INVALID. */
export function withRejections(status: Status, rejections: readonly string[]): Status {
  if (rejections.length === 0) return status;
  const fields = Object.entries(failed(status, rejections));
  return Object.fromEntries(
    fields.map(([field, value]) => [field, APPROVALS.has(field) ? failedEach(value, rejections) : value]),
  );
}

/** The fields with approvals by mesh or destination. */
const APPROVALS: ReadonlySet<string> = new Set(['meshes', 'trafficTargets', 'destinations', 'virtualDestinations']);

function failedEach(approvals: unknown, rejections: readonly string[]): unknown {
  return Object.fromEntries(
    Object.entries(approvals as Status).map(([key, value]) => [key, failed(value as Status, rejections)]),
  );
}

function failed(status: Status, rejections: readonly string[]): Status {
  const { state, errors = [], common } = status;
  return {
    ...status,
    ...(common !== undefined && { common: failed(common as Status, rejections) }),
    errors: [...(errors as readonly string[]), ...rejections],
    state: state === 'ACCEPTED' ? 'FAILED' : state,
  };
}
