/** The properties of an Envoy or gRPC client that decide which resources it gets, from its node. */
import type { ListenerPlace } from '../../envoy/rows/listener-place.js';
import type { Locality } from '../../mesh/model/model.js';
import type { XdsNode } from '../../xds/index.js';
import {
  type Report,
  ignoreProblems,
  readAddress,
  readInteger,
  readText,
  readTextMap,
  readUserTimeout,
  readWord,
} from './node-metadata.js';
import type { MeshKey } from '../../mesh/model/object-key.js';
import type { Role } from '../../mesh/offers/visibility-key.js';

export interface Client {
  readonly id: string;
  /** The cluster or site; empty: none. */
  readonly cluster: string;
  readonly namespace: string;
  readonly locality: Locality;
  readonly labels: Readonly<Record<string, string>>;
  readonly role: Role;
  readonly place: ListenerPlace;
  /** The Mesh in its metadata. `NO_MESH`: its cluster decides. */
  readonly mesh: MeshKey;
  /** How long data to an endpoint may stay unacknowledged, in milliseconds. 0: the default of the system. */
  readonly userTimeoutMs: number;
  /** Whether it is a gRPC client without an Envoy. */
  readonly proxyless: boolean;
}

/** The application of a sidecar is on the same host; the clients of a gateway are not. */
const defaultAddress: Readonly<Record<Role, string>> = { sidecar: '127.0.0.1', gateway: '0.0.0.0' };

/** The valid range of a port offset. */
export const offsets: readonly [number, number] = [-65_535, 65_535];
/** The valid range of the number of trusted proxies. */
export const trustedHops: readonly [number, number] = [0, 255];

/**
 * gRPC libraries have user agents such as `gRPC Go` and `gRPC C-core linux`. Another client can set `GENERATOR: grpc`, as Istio's bootstraps do.
 *
 * @param report receives a sentence for each invalid entry
 */
export function toClient(
  { id, cluster, locality, metadata, userAgentName }: XdsNode,
  report: Report = ignoreProblems,
): Client {
  const role = readWord(metadata, 'ROLE', ['sidecar', 'gateway'], report) ?? roleOf(id);
  // Also read for sidecars, so that invalid entries are reported for them too.
  const hops = readInteger(metadata, 'XFF_NUM_TRUSTED_HOPS', trustedHops, report) ?? 0;
  return {
    id,
    cluster: readText(metadata, 'CLUSTER_ID', report) || cluster,
    namespace: readText(metadata, 'NAMESPACE', report),
    locality,
    labels: readTextMap(metadata, 'LABELS', report),
    role,
    place: {
      address: readAddress(metadata, 'LISTEN_ADDRESS', report) || defaultAddress[role],
      portOffset: readInteger(metadata, 'LISTEN_PORT_OFFSET', offsets, report) ?? 0,
      interception: readWord(metadata, 'INTERCEPTION', ['NONE', 'REDIRECT'], report) ?? 'NONE',
      ...(role === 'gateway' && { trustedHops: hops }),
    },
    mesh: readText(metadata, 'MESH', report) as MeshKey,
    userTimeoutMs: readUserTimeout(metadata, report),
    proxyless: userAgentName.startsWith('gRPC') || metadata['GENERATOR'] === 'grpc',
  };
}

/** The problems of a node, one sentence each. */
export function nodeProblems(node: XdsNode): readonly string[] {
  const problems: string[] = [];
  toClient(node, (problem) => {
    if (problems.length < MAX_PROBLEMS) problems.push(problem);
  });
  return problems;
}

/** Limit of reported problems, because a client may send any number of labels. */
const MAX_PROBLEMS = 20;

/** Istio's node ids begin with the type of the proxy. */
function roleOf(id: string): Role {
  return id.startsWith('router~') ? 'gateway' : 'sidecar';
}
