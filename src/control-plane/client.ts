/** Who an Envoy, or a gRPC client, says it is, in its node: all that decides what it gets. */
import type { Locality } from '../mesh/model/model.js';
import type { Role } from '../mesh/offers/visibility.js';
import type { ListenerPlace } from '../envoy/listener.js';
import type { XdsNode } from '../xds/index.js';

export interface Client {
  readonly id: string;
  /** The cluster or site that it runs in; empty for none. */
  readonly cluster: string;
  readonly namespace: string;
  readonly locality: Locality;
  readonly labels: Readonly<Record<string, string>>;
  readonly role: Role;
  readonly place: ListenerPlace;
  /** `objectKey` of the Mesh that the node names itself; empty where its cluster decides. */
  readonly mesh: string;
  /** Whether it is a gRPC client of its own, without an Envoy. */
  readonly proxyless: boolean;
}

/** A sidecar's app is on the same host; a gateway's clients are not. */
const defaultAddress: Readonly<Record<Role, string>> = { sidecar: '127.0.0.1', gateway: '0.0.0.0' };

/**
 * gRPC's libraries call themselves `gRPC Go`, `gRPC C-core linux` and so on; another one may say `GENERATOR: grpc`, as Istio's bootstraps do.
 * Metadata of the wrong type counts as absent: an Envoy that is configured badly still gets what the rest of it says.
 */
export function toClient({ id, cluster, locality, metadata, userAgentName }: XdsNode): Client {
  const role = roleOf(id, text(metadata['ROLE']));
  return {
    id,
    cluster: text(metadata['CLUSTER_ID']) || cluster,
    namespace: text(metadata['NAMESPACE']),
    locality,
    labels: textMap(metadata['LABELS']),
    role,
    place: {
      address: text(metadata['LISTEN_ADDRESS']) || defaultAddress[role],
      portOffset: Number(metadata['LISTEN_PORT_OFFSET'] ?? 0) || 0,
      interception: text(metadata['INTERCEPTION']).toUpperCase() === 'REDIRECT' ? 'REDIRECT' : 'NONE',
    },
    mesh: text(metadata['MESH']),
    proxyless: userAgentName.startsWith('gRPC') || text(metadata['GENERATOR']) === 'grpc',
  };
}

/** Istio's node ids begin with the proxy's type. */
function roleOf(id: string, role: string): Role {
  if (role !== '') return role.toLowerCase() === 'gateway' ? 'gateway' : 'sidecar';
  return id.startsWith('router~') ? 'gateway' : 'sidecar';
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function textMap(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

