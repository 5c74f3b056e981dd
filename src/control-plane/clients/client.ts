/** Who an Envoy, or a gRPC client, says it is, in its node: all that decides what it gets. */
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
  /** The cluster or site that it runs in; empty for none. */
  readonly cluster: string;
  readonly namespace: string;
  readonly locality: Locality;
  readonly labels: Readonly<Record<string, string>>;
  readonly role: Role;
  readonly place: ListenerPlace;
  /** The Mesh that the node names itself; `NO_MESH` where its cluster decides. */
  readonly mesh: MeshKey;
  /** How long data on a connection to an endpoint may stay unacknowledged, in milliseconds; 0: as its system has it. */
  readonly userTimeoutMs: number;
  /** Whether it is a gRPC client of its own, without an Envoy. */
  readonly proxyless: boolean;
}

/** A sidecar's app is on the same host; a gateway's clients are not. */
const defaultAddress: Readonly<Record<Role, string>> = { sidecar: '127.0.0.1', gateway: '0.0.0.0' };

/** What may be added to a port. */
export const offsets: readonly [number, number] = [-65_535, 65_535];
/** Proxies that an Envoy trusts. */
export const trustedHops: readonly [number, number] = [0, 255];

/**
 * gRPC's libraries call themselves `gRPC Go`, `gRPC C-core linux` and so on; another one may say `GENERATOR: grpc`, as Istio's bootstraps do.
 *
 * @param report receives a sentence for each entry that cannot be used
 */
export function toClient(
  { id, cluster, locality, metadata, userAgentName }: XdsNode,
  report: Report = ignoreProblems,
): Client {
  const role = readWord(metadata, 'ROLE', ['sidecar', 'gateway'], report) ?? roleOf(id);
  // Read for sidecars too, so that invalid entries are reported there as well.
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

/** What is wrong with a node, a sentence each. */
export function nodeProblems(node: XdsNode): readonly string[] {
  const problems: string[] = [];
  toClient(node, (problem) => {
    if (problems.length < MAX_PROBLEMS) problems.push(problem);
  });
  return problems;
}

/** A client may send any number of labels. */
const MAX_PROBLEMS = 20;

/** Istio's node ids begin with the proxy's type. */
function roleOf(id: string): Role {
  return id.startsWith('router~') ? 'gateway' : 'sidecar';
}
