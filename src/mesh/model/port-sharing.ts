/**
 * Who may be on a port together: what is told apart by Host or by SNI shares it, TCP and MONGO have it to themselves. Failover
 * destinations go before plain services.
 */
import type { Protocol } from './model.js';
import type { ClusterKey } from './cluster-key.js';

/** A host that is reached on a port, by the key of its cluster. */
export interface Host {
  readonly cluster: ClusterKey;
  readonly port: number;
  readonly protocol: Protocol;
}

/** What has a port to itself. */
export interface SoleHost {
  readonly cluster: ClusterKey;
  readonly protocol: Protocol;
}

/** What is on one port: cluster keys, those of failover destinations first. */
export interface PortUse {
  /** Told apart by Host. */
  readonly http: readonly ClusterKey[];
  /** Distinguished by SNI. */
  readonly tls: readonly ClusterKey[];
  /** One of these has the port to itself, the first that suits the client; empty where the port is shared. */
  readonly sole: readonly SoleHost[];
  /** All that cannot be told apart but by the address that a connection is meant for, where that is known. */
  readonly addressed: readonly SoleHost[];
}

export type PortUses = ReadonlyMap<number, PortUse>;

/** Whether nothing can tell hosts of this protocol apart on one port. */
export function needsPortAlone(protocol: Protocol): boolean {
  return protocol === 'TCP' || protocol === 'MONGO';
}

/** `HTTPS` is none: it is passed through, and only its TLS is seen. */
export function isHttp(protocol: Protocol): boolean {
  return protocol === 'HTTP' || protocol === 'HTTP2' || protocol === 'GRPC';
}

/** Who is on each port, in the order of ports. */
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
 * A failover destination that needs the port alone takes it, and one that shares keeps those out that do not. Among plain services
 * those that share go first: many are better than one.
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
