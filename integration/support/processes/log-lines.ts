/**
 * Reads the ports of a control plane from its log.
 */
import type { SocketAddress } from '../../../envoy/bootstrap.js';

/** The address in the field `xdsAddress` or `adminAddress` of the newest JSON line with it. */
export function takenAddress(lines: readonly string[], server: 'xds' | 'admin'): SocketAddress | undefined {
  const field = `${server}Address`;
  for (const line of lines) {
    const value = parse(line)?.[field];
    if (typeof value === 'string') return splitAddress(value);
  }
  return undefined;
}

function splitAddress(text: string): SocketAddress {
  const colon = text.lastIndexOf(':');
  return { address: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
