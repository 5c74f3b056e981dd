/**
 * Which hosts can share a port. Envoy distinguishes HTTP hosts by host header and TLS hosts by SNI. A TCP or MONGO host needs a port of
 * its own. Failover destinations take precedence over services.
 */
import type { Protocol } from './model.js';
import type { ClusterKey } from './cluster-key.js';

/** A host on a port, with the key of its cluster. */
export interface Host {
  readonly cluster: ClusterKey;
  readonly port: number;
  readonly protocol: Protocol;
}

/** A host that needs a port of its own. */
export interface SoleHost {
  readonly cluster: ClusterKey;
  readonly protocol: Protocol;
}

/** The hosts of one port, by cluster key. Those of failover destinations come first. */
export interface PortUse {
  /** Distinguished by host header. */
  readonly http: readonly ClusterKey[];
  /** Distinguished by SNI. */
  readonly tls: readonly ClusterKey[];
  /** One of these gets the port: the first one that applies to the client. Empty if the port is shared. */
  readonly sole: readonly SoleHost[];
  /** All hosts that only the destination address of a connection distinguishes, where it is known. */
  readonly addressed: readonly SoleHost[];
}

export type PortUses = ReadonlyMap<number, PortUse>;

/** Whether hosts of this protocol cannot be distinguished on one port. */
export function needsPortAlone(protocol: Protocol): boolean {
  return protocol === 'TCP' || protocol === 'MONGO';
}

/** `HTTPS` is not HTTP here: Envoy passes the connection through and reads only its SNI. */
export function isHttp(protocol: Protocol): boolean {
  return protocol === 'HTTP' || protocol === 'HTTP2' || protocol === 'GRPC';
}

/** The hosts on each port, by port. */
export function usePorts(failovers: readonly Host[], plain: readonly Host[]): PortUses {
  const ports = new Map<number, { failovers: Host[]; plain: Host[] }>();
  const at = (port: number): { failovers: Host[]; plain: Host[] } => {
    const known = ports.get(port) ?? { failovers: [], plain: [] };
    ports.set(port, known);
    return known;
  };
  for (const host of failovers) at(host.port).failovers.push(host);
  for (const host of plain) at(host.port).plain.push(host);
  return new Map(
    [...ports].sort(([a], [b]) => a - b).map(([port, hosts]) => [port, usePort(hosts.failovers, hosts.plain)]),
  );
}

/**
 * A failover destination that cannot share the port takes it. One that can share it excludes hosts that cannot. Among services, those
 * that can share come first, because then more of them are reachable.
 */
function usePort(failovers: readonly Host[], plain: readonly Host[]): PortUse {
  const taken = failovers.filter(isSole);
  const addressed = [...taken, ...plain.filter(isSole)].map(toSole);
  if (taken.length > 0) return { http: [], tls: [], sole: addressed.slice(0, 1), addressed };
  const shared = [...failovers, ...plain].filter((host) => !isSole(host));
  return shared.length > 0
    ? {
        http: keysOf(shared.filter(({ protocol }) => isHttp(protocol))),
        tls: keysOf(shared.filter(({ protocol }) => !isHttp(protocol))),
        sole: [],
        addressed,
      }
    : { http: [], tls: [], sole: addressed, addressed };
}

function isSole({ protocol }: Host): boolean {
  return needsPortAlone(protocol);
}

function toSole({ cluster, protocol }: Host): SoleHost {
  return { cluster, protocol };
}

function keysOf(hosts: readonly Host[]): readonly ClusterKey[] {
  return hosts.map(({ cluster }) => cluster);
}
