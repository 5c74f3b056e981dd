/** Finds the port of the endpoints for a port of a declared service. Kubernetes matches them by name. */
import { isDatagram } from '../../model/protocol.js';

/** A port of the endpoints. */
export interface SubsetPort {
  readonly port?: number;
  readonly name?: string;
  readonly protocol?: string;
}

export interface ServicePort {
  readonly port?: number;
  readonly name?: string;
  readonly targetPortName?: string;
  readonly targetPortNumber?: number;
}

/**
 * The first port that matches: by the name of the service port, by its target name, or by its target number (default: its own number).
 * Otherwise, if the service and the endpoints have one port each, that port. For endpoints without ports, the target number.
 * `siblings`: the number of ports of the service.
 */
export function targetPort(all: readonly SubsetPort[], port: ServicePort, siblings: number): number | undefined {
  const { name = '', targetPortName = '', targetPortNumber } = port;
  if (all.length === 0) return targetPortNumber;
  const ports = all.filter(({ protocol = '' }) => !isDatagram(protocol));
  const number = targetPortNumber ?? port.port;
  const found =
    byName(ports, name) ??
    byName(ports, targetPortName) ??
    ports.find((candidate) => candidate.port === number) ??
    (siblings === 1 && ports.length === 1 ? ports[0] : undefined);
  return found?.port;
}

function byName(ports: readonly SubsetPort[], name: string): SubsetPort | undefined {
  return name === '' ? undefined : ports.find((candidate) => candidate.name === name);
}
