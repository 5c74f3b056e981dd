/** The checks of listeners in Envoy's code: the address, and that no two filter chains have the same match. */
import { isIP } from 'node:net';
import { decode } from './message-parts.js';
import type { Rejection } from './rejection.js';

interface DecodedListener {
  readonly address?: { readonly socketAddress?: { readonly address: string } };
  readonly filterChains: readonly {
    readonly filterChainMatch?: { readonly serverNames: readonly string[]; toJSON(): unknown };
  }[];
}

export function checkListener(bytes: Buffer): Rejection | undefined {
  const { address, filterChains } = decode('envoy.config.listener.v3.Listener', bytes) as DecodedListener;
  const ip = address?.socketAddress?.address;
  if (ip !== undefined && isIP(ip) === 0)
    return { path: 'address.socketAddress.address', problem: `${ip} is not an IP address` };
  const taken = new Set<string>();
  for (const [i, { filterChainMatch: match }] of filterChains.entries()) {
    const problem = serverNameProblem(match?.serverNames ?? []) ?? matchProblem(match, taken);
    if (problem !== undefined) return { path: `filterChains[${i}].filterChainMatch`, problem };
  }
  return undefined;
}

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/listener/v3/listener_components.proto#config-listener-v3-filterchainmatch */
function serverNameProblem(names: readonly string[]): string | undefined {
  const name = names.find((candidate) => candidate.replace(/^\*\./, '').includes('*'));
  return name === undefined ? undefined : `${name}: a server name takes only a whole first label as a wildcard`;
}

/** Two filter chains must not have the same match; each server name is compared separately. */
function matchProblem(
  match: DecodedListener['filterChains'][number]['filterChainMatch'],
  taken: Set<string>,
): string | undefined {
  const { serverNames = [], ...others } = (match?.toJSON() ?? {}) as { readonly serverNames?: readonly string[] };
  for (const name of serverNames.length === 0 ? [''] : serverNames) {
    const key = JSON.stringify([name.toLowerCase(), others]);
    if (taken.has(key)) return name === '' ? 'another chain has the same match' : `${name} is also in another chain`;
    taken.add(key);
  }
  return undefined;
}
