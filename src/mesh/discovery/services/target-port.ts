/** Which port of its endpoints a port of a declared service means. Kubernetes ties the two by name. */
import { isDatagram } from '../../model/protocol.js';

/** A port of endpoints. */
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
 * The port of the same name; else the one that the service calls its target; else the one with the service's own number; else, where
 * there is one of each, that one. Endpoints without ports have the target's number only. `siblings`: how many ports the service has.
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
