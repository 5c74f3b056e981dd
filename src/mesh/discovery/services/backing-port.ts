/** Finds the port of a backing service that a failover destination uses. */
import type { FailoverPort } from '../../model/failover-spec.js';
import type { Port } from '../../model/model.js';

/**
 * The port with the name or number of the target. Without a target, the port with the number of the failover destination, or else the only
 * port. `undefined` if no port matches. Several ports are never used together, because a metrics port would become a failover target.
 */
export function backingPort(ports: readonly Port[], wanted: FailoverPort): number | undefined {
  const { targetName, targetNumber, number } = wanted;
  if (targetName !== undefined) return ports.find((port) => port.name === targetName)?.number;
  if (targetNumber !== undefined) return ports.find((port) => port.number === targetNumber)?.number;
  const same = ports.find((port) => port.number === number);
  return (same ?? (ports.length === 1 ? ports[0] : undefined))?.number;
}
