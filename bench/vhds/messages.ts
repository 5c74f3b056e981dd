/**
 * The measured world as Envoy messages: the listener, route configuration and virtual hosts that Lifeboat makes for a gateway of the world in
 * `../world`, and clusters that lead to one backend.
 */
import protobuf from 'protobufjs/minimal.js';
import { type EnvoyMessageName, encodeEnvoyMessage, typeUrl } from '../../src/proto/envoy-types.js';
import { finishMessage } from '../../src/proto/finish-message.js';
import { type EncodedResource, type ResourceOptions, encodeResource } from '../../src/xds/index.js';
import { encodeJson } from '../../src/xds/json.js';
import { PORT, clusterName, hostname } from '../world/names.js';

/** How an Envoy gets its virtual hosts: all of them in the route configuration, or each one when a request needs it. */
export type Way = 'rds' | 'vhds';

const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const LISTENER = 'envoy.config.listener.v3.Listener';
const ROUTES = 'envoy.config.route.v3.RouteConfiguration';
const HOST = 'envoy.config.route.v3.VirtualHost';
const EXTENSIONS = 'type.googleapis.com/envoy.extensions';
const ADS = { ads: {}, resourceApiVersion: 'V3' } as const;
/** Clusters are complete or absent by intention, so nothing waits for them. */
const WAITS_FOR_NONE: ResourceOptions = { clusters: [] };

/** The tag of the field `virtual_hosts`, length-delimited. */
const VIRTUAL_HOSTS_TAG = (2 << 3) | 2;

export const HOST_TYPE = typeUrl(HOST);
export const ROUTES_TYPE = typeUrl(ROUTES);
/** The name of the route configuration, and the first part of the name of each virtual host on demand. */
export const ROUTES_NAME = String(PORT);
/** The header by which a response tells the version of its virtual host. */
export const VERSION_HEADER = 'x-version';

export function socket(port: number): object {
  return { socketAddress: { address: '127.0.0.1', portValue: port } };
}

export function staticCluster(name: string, port: number): object {
  const endpoints = [{ lbEndpoints: [{ endpoint: { address: socket(port) } }] }];
  return { name, type: 'STATIC', connectTimeout: '1s', loadAssignment: { clusterName: name, endpoints } };
}

export function cluster(index: number, backend: number): EncodedResource {
  return encoded(CLUSTER, clusterName(index), staticCluster(clusterName(index), backend));
}

/** As Lifeboat makes it, without the options that do not concern routes. `streamIdleTimeout` 0: a request may wait for ever. */
export function listener(port: number, way: Way): EncodedResource {
  const filters = `${EXTENSIONS}.filters`;
  const httpFilter = (name: string, type: string): object => ({
    name: `envoy.filters.http.${name}`,
    typedConfig: { '@type': `${filters}.http.${type}` },
  });
  const typedConfig = {
    '@type': `${filters}.network.http_connection_manager.v3.HttpConnectionManager`,
    statPrefix: `outbound_${ROUTES_NAME}`,
    rds: { configSource: ADS, routeConfigName: ROUTES_NAME },
    httpFilters: [
      ...(way === 'vhds' ? [httpFilter('on_demand', 'on_demand.v3.OnDemand')] : []),
      httpFilter('router', 'router.v3.Router'),
    ],
    streamIdleTimeout: '0s',
    stripTrailingHostDot: true,
  };
  const filter = { name: 'envoy.filters.network.http_connection_manager', typedConfig };
  const message = { name: 'outbound', address: socket(port), filterChains: [{ filters: [filter] }] };
  // Not `encodeEnvoyMessage`: Lifeboat itself does not send the filter on_demand, so it is not among the messages that this function knows.
  return encodeJson(typeUrl(LISTENER), 'outbound', message, WAITS_FOR_NONE);
}

/** Envoy does not wait for virtual hosts before it listens. It would wait for 15 s: no answer says that there are none. */
const AT_ONCE = { initialFetchTimeout: '0.001s' };

/**
 * With VHDS, a port in a host header is part of the name that Envoy asks for, and thus of the only domain of the virtual host. `hosts`: encoded
 * virtual hosts, which are put together as in Lifeboat.
 */
export function routes(way: Way, hosts: readonly Uint8Array[], wait: object = AT_ONCE): EncodedResource {
  const onDemand = { vhds: { configSource: { ...ADS, ...wait } } };
  const head = encodeEnvoyMessage(ROUTES, {
    name: ROUTES_NAME,
    validateClusters: false,
    ...(way === 'vhds' ? onDemand : { ignorePortInHostMatching: true }),
  });
  const writer = protobuf.Writer.create().raw(head);
  for (const host of hosts) writer.uint32(VIRTUAL_HOSTS_TAG).bytes(host);
  return encodeResource(ROUTES_TYPE, ROUTES_NAME, finishMessage(writer), WAITS_FOR_NONE);
}

export function encodeHost(host: object): Uint8Array {
  return encodeEnvoyMessage(HOST, host);
}

/** A virtual host for VHDS: the resource, the virtual host and its only domain have the name that Envoy asked for. */
export function hostOnDemand(asked: string, host: object): EncodedResource {
  return encoded(HOST, asked, { ...host, name: asked, domains: [askedDomain(asked)] });
}

/** The host header, in lower case, of `<route configuration>/<host header>`. */
export function askedDomain(asked: string): string {
  return asked.slice(asked.lastIndexOf('/') + 1);
}

/** `version`: is told in a header of each response. */
export function virtualHost(index: number, version = 0): object {
  const name = clusterName(index);
  const safe = { name: ':method', stringMatch: { safeRegex: { regex: 'GET|HEAD|OPTIONS' } } };
  return {
    name,
    domains: [hostname(index)],
    routes: [
      { match: { prefix: '/', headers: [safe] }, route: route(name, ',reset,retriable-status-codes', [503]) },
      { match: { prefix: '/' }, route: route(name, '', []) },
    ],
    ...(version > 0 && { responseHeadersToAdd: [{ header: { key: VERSION_HEADER, value: String(version) } }] }),
  };
}

/** What a host gets that no virtual host is for. */
export function notFound(): object {
  return { routes: [{ match: { prefix: '/' }, directResponse: { status: 404 } }] };
}

function route(cluster: string, retryOn: string, codes: readonly number[]): object {
  const typed = (name: string, type: string, more: object = {}): object => ({
    name: `envoy.${name}`,
    typedConfig: { '@type': `${EXTENSIONS}.retry.${type}`, ...more },
  });
  return {
    cluster,
    timeout: '10s',
    retryPolicy: {
      retryOn: `connect-failure,refused-stream,unavailable,cancelled${retryOn}`,
      numRetries: 3,
      perTryTimeout: '3s',
      retryPriority: typed(
        'retry_priorities.previous_priorities',
        'priority.previous_priorities.v3.PreviousPrioritiesConfig',
        { updateFrequency: 1 },
      ),
      retryHostPredicate: [
        typed('retry_host_predicates.previous_hosts', 'host.previous_hosts.v3.PreviousHostsPredicate'),
      ],
      hostSelectionRetryMaxAttempts: '32',
      retriableStatusCodes: codes,
    },
  };
}

function encoded(type: EnvoyMessageName, name: string, message: object): EncodedResource {
  return encodeResource(typeUrl(type), name, encodeEnvoyMessage(type, message), WAITS_FOR_NONE);
}
