/**
 * Reads the references of a resource from its bytes: the load assignment of a cluster, and the clusters of a listener or route. Knows only
 * these fields of Envoy's messages, and works with bytes from any library.
 */
import {
  CLUSTER,
  LISTENER,
  ROUTE_CONFIGURATION,
  SCOPED_ROUTE_CONFIGURATION,
  VIRTUAL_HOST,
} from '../protocol/type-urls.js';
import { LENGTH_DELIMITED, WireError, WireReader } from '../wire/reader.js';

/** Names that a resource refers to. */
export interface References {
  /** For an EDS cluster: the name of its load assignment. */
  readonly endpoints: string | undefined;
  /** For a listener, route or virtual host: the clusters that it refers to, without duplicates. */
  readonly clusters: readonly string[];
}

const NONE: References = { endpoints: undefined, clusters: [] };

/** Field numbers, from a message to a nested string or message. */
type Path = readonly number[];

/** `type`, where 3 is EDS. https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/cluster.proto */
const CLUSTER_TYPE = 2;
const EDS = 3;
const CLUSTER_NAME: Path = [1];
/** `eds_cluster_config.service_name` */
const SERVICE_NAME: Path = [3, 2];

/**
 * `cluster`, and `weighted_clusters.clusters.name`.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-routeaction
 */
const ROUTE_ACTION: readonly Path[] = [[1], [3, 1, 1]];
/** `routes.route` */
const OF_VIRTUAL_HOST = below([3, 2], ROUTE_ACTION);
/** `virtual_hosts` */
const OF_ROUTES = below([2], OF_VIRTUAL_HOST);
/** `route_configuration` */
const OF_SCOPED_ROUTES = below([5], OF_ROUTES);

/**
 * `filter_chains.filters.typed_config`, the same of `default_filter_chain`, and `api_listener.api_listener`.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/listener/v3/listener.proto
 */
const FILTERS: readonly Path[] = [
  [3, 3, 4],
  [25, 3, 4],
  [19, 1],
];
/** Filters that refer to clusters: by `route_config`, or by `cluster` and `weighted_clusters.clusters.name`. */
const OF_FILTERS: ReadonlyMap<string, readonly Path[]> = new Map([
  [
    'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    below([4], OF_ROUTES),
  ],
  ['type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', [[2], [10, 1, 1]]],
]);

function below(path: Path, paths: readonly Path[]): readonly Path[] {
  return paths.map((rest) => [...path, ...rest]);
}

/** No references for invalid bytes, and for types without references. */
export function referencesOf(typeUrl: string, value: Uint8Array): References {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  try {
    return read(typeUrl, bytes);
  } catch (error) {
    // The client will reject the message, with a better error message.
    if (error instanceof WireError) return NONE;
    throw error;
  }
}

function read(typeUrl: string, bytes: Buffer): References {
  switch (typeUrl) {
    case CLUSTER:
      return { endpoints: loadAssignmentOf(bytes), clusters: [] };
    case LISTENER:
      return { endpoints: undefined, clusters: [...new Set(clustersOfListener(bytes))] };
    case ROUTE_CONFIGURATION:
      return { endpoints: undefined, clusters: stringsAt(bytes, OF_ROUTES) };
    case SCOPED_ROUTE_CONFIGURATION:
      return { endpoints: undefined, clusters: stringsAt(bytes, OF_SCOPED_ROUTES) };
    case VIRTUAL_HOST:
      return { endpoints: undefined, clusters: stringsAt(bytes, OF_VIRTUAL_HOST) };
    default:
      return NONE;
  }
}

function loadAssignmentOf(bytes: Buffer): string | undefined {
  let type = 0;
  for (const reader = new WireReader(bytes); !reader.done;) {
    const tag = reader.tag();
    if (tag >>> 3 === CLUSTER_TYPE) type = reader.varint();
    else reader.skip(tag);
  }
  return type === EDS ? stringsAt(bytes, [SERVICE_NAME, CLUSTER_NAME])[0] : undefined;
}

function clustersOfListener(bytes: Buffer): string[] {
  const filters = FILTERS.flatMap((path) => [...fieldsAt(bytes, path)]);
  return filters.flatMap((any) => {
    const [typeUrl = ''] = stringsAt(any, [[1]]);
    const paths = OF_FILTERS.get(typeUrl) ?? [];
    return [...fieldsAt(any, [2])].flatMap((filter) => stringsAt(filter, paths));
  });
}

/** The strings at these paths, without empty ones and duplicates. */
function stringsAt(bytes: Buffer, paths: readonly Path[]): string[] {
  const strings = new Set<string>();
  for (const path of paths) for (const field of fieldsAt(bytes, path)) strings.add(field.toString());
  strings.delete('');
  return [...strings];
}

function* fieldsAt(bytes: Buffer, [number, ...rest]: Path): Generator<Buffer, void> {
  if (number === undefined) {
    yield bytes;
    return;
  }
  for (const reader = new WireReader(bytes); !reader.done;) {
    const tag = reader.tag();
    if (tag !== ((number << 3) | LENGTH_DELIMITED)) {
      reader.skip(tag);
      continue;
    }
    const start = reader.span(tag);
    yield* fieldsAt(bytes.subarray(start, reader.position), rest);
  }
}
