/**
 * The ports that an application and its Envoy both want. An application at `0.0.0.0` or `[::]` keeps Envoy from every loopback address of its
 * port; one at the address of its Pod does not, and a Pod does not say which. So a clash is a warning.
 */
import { isDataMapping, asList } from '../edits/data.js';
import type { InjectFinding, InjectedWorkload } from './inject-text.js';

/**
 * @param listeners that the control plane sends to the workload's Envoy, as canonical proto JSON. A listener that binds no port
 * (`bindToPort: false`) clashes with nothing.
 */
export function portClashes(workload: InjectedWorkload, listeners: readonly unknown[]): readonly InjectFinding[] {
  const bound = new Map(listeners.flatMap(portOf));
  return workload.ports.flatMap(({ container, port, line, column }) => {
    const address = bound.get(port);
    if (address === undefined) return [];
    const message = `Container ${container} uses port ${port}, where Envoy listens too (${address}:${port}). If the container listens on all addresses, Envoy cannot. Set --listen-port-offset.`;
    return [{ line, column, severity: 'warning', ref: workload.ref, message }];
  });
}

function portOf(listener: unknown): readonly (readonly [number, string])[] {
  if (!isDataMapping(listener) || listener['bindToPort'] === false) return [];
  const addresses = [listener, ...asList(listener['additionalAddresses'])];
  return addresses.flatMap((holder) => {
    const address =
      isDataMapping(holder) && isDataMapping(holder['address']) ? holder['address']['socketAddress'] : undefined;
    if (!isDataMapping(address)) return [];
    const { address: ip, portValue } = address;
    return typeof ip === 'string' && typeof portValue === 'number' ? [[portValue, ip] as const] : [];
  });
}
