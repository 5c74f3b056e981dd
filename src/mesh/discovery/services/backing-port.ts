/** Which port of a backing service a failover destination means. */
import type { FailoverPort } from '../../model/failover-spec.js';
import type { Port } from '../../model/model.js';

/**
 * The port named or numbered as the target, else the one with the failover destination's own number, else the only one.
 * `undefined` where there are several and none fits: taking them all would make a metrics port a failover target.
 */
export function backingPort(ports: readonly Port[], wanted: FailoverPort): number | undefined {
  const { targetName, targetNumber, number } = wanted;
  if (targetName !== undefined) return ports.find((port) => port.name === targetName)?.number;
  if (targetNumber !== undefined) return ports.find((port) => port.number === targetNumber)?.number;
  const same = ports.find((port) => port.number === number);
  return (same ?? (ports.length === 1 ? ports[0] : undefined))?.number;
}
