/** What a message of an ADS stream says, as the history has it. */
import { createHash } from 'node:crypto';
import { decodeEnvoyMessage, envoyType, type EnvoyMessageName } from '../../src/proto/envoy-types.js';
import { decodeResponse } from '../../src/testing/xds/client-wire.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER, ROUTE_CONFIGURATION } from '../check/types.js';
import type { Mode, RequestPassed, ResponsePassed, SentResource } from '../history/events.js';

const REQUESTS = {
  sotw: 'envoy.service.discovery.v3.DiscoveryRequest',
  delta: 'envoy.service.discovery.v3.DeltaDiscoveryRequest',
} as const;

interface DiscoveryRequest {
  readonly node?: { readonly id: string } | null;
  readonly typeUrl: string;
  readonly resourceNames?: readonly string[];
  readonly resourceNamesSubscribe?: readonly string[];
  readonly resourceNamesUnsubscribe?: readonly string[];
  readonly initialResourceVersions?: Readonly<Record<string, string>>;
  readonly responseNonce: string;
  readonly errorDetail?: { readonly message: string } | null;
}

/** The request, and the id of the node if it has one. */
export function readRequest(
  mode: Mode,
  stream: number,
  bytes: Buffer,
): { readonly request: RequestPassed; readonly node: string | undefined } {
  const message = envoyType(REQUESTS[mode]).decode(bytes) as unknown as DiscoveryRequest;
  const { errorDetail } = message;
  return {
    node: message.node?.id,
    request: {
      kind: 'request',
      stream,
      typeUrl: message.typeUrl,
      names: message.resourceNames ?? [],
      subscribe: message.resourceNamesSubscribe ?? [],
      unsubscribe: message.resourceNamesUnsubscribe ?? [],
      holds: message.initialResourceVersions ?? {},
      nonce: message.responseNonce,
      ...(errorDetail && { error: errorDetail.message }),
    },
  };
}

export function readResponse(mode: Mode, stream: number, bytes: Buffer): ResponsePassed {
  const { typeUrl, nonce, version, resources, removed } = decodeResponse(mode, bytes);
  return {
    kind: 'response',
    stream,
    mode,
    typeUrl,
    nonce,
    version,
    resources: resources.map(({ name, version: own, value }) => ({
      name,
      version: mode === 'delta' ? own : '',
      content: contentHash(value),
      ...detailsOf(typeUrl, value),
    })),
    removed,
  };
}

/** Equal for equal bytes, or equal texts. */
export function contentHash(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('base64url').slice(0, 16);
}

type Json = Readonly<Record<string, unknown>>;
type Details = Pick<SentResource, 'clusters' | 'hosts' | 'assignment' | 'endpoints'>;

function detailsOf(typeUrl: string, value: Uint8Array): Details {
  const json = (): Json =>
    decodeEnvoyMessage(typeUrl.slice(typeUrl.indexOf('/') + 1) as EnvoyMessageName, value) as Json;
  switch (typeUrl) {
    case LISTENER:
      return { clusters: clustersIn(json()) };
    case ROUTE_CONFIGURATION:
      return { clusters: clustersIn(json()), hosts: hostsOf(json()) };
    case CLUSTER:
      return assignmentOf(json());
    case CLUSTER_LOAD_ASSIGNMENT:
      return { endpoints: endpointsOf(json()) };
    default:
      return {};
  }
}

/** The clusters that routes and filters name, wherever they stand. */
function clustersIn(value: unknown): readonly string[] {
  const found = new Set<string>();
  const visit = (each: unknown): void => {
    if (typeof each !== 'object' || each === null) return;
    for (const [key, child] of Object.entries(each)) {
      if (key === 'cluster' && typeof child === 'string') found.add(child);
      if (key === 'weightedClusters') for (const { name } of (child as WeightedClusters).clusters) found.add(name);
      visit(child);
    }
  };
  visit(value);
  return [...found].sort();
}

interface WeightedClusters {
  readonly clusters: readonly { readonly name: string }[];
}

function hostsOf(routes: Json): Readonly<Record<string, readonly string[]>> {
  const hosts = (routes['virtualHosts'] ?? []) as readonly (Json & { readonly domains: readonly string[] })[];
  return Object.fromEntries(hosts.flatMap((host) => host.domains.map((domain) => [domain, clustersIn(host)])));
}

function assignmentOf(cluster: Json): Details {
  if (cluster['type'] !== 'EDS') return {};
  const { serviceName } = (cluster['edsClusterConfig'] ?? {}) as { readonly serviceName?: string };
  return { assignment: serviceName ?? String(cluster['name']) };
}

interface LoadAssignment {
  readonly endpoints?: readonly {
    readonly lbEndpoints?: readonly { readonly endpoint: { readonly address: Address } }[];
  }[];
}

interface Address {
  readonly socketAddress: { readonly address: string; readonly portValue: number };
}

function endpointsOf(json: Json): readonly string[] {
  const { endpoints = [] } = json as LoadAssignment;
  return endpoints.flatMap(({ lbEndpoints = [] }) =>
    lbEndpoints.map(({ endpoint }) => {
      const { address, portValue } = endpoint.address.socketAddress;
      return `${address}:${portValue}`;
    }),
  );
}
