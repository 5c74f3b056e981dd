/** The failover hostnames, each with the address at which an application reaches it through its Envoy. */
import type { HostnameAddress } from '../../control-plane/api/api.js';
import type { DescribedNode, NodeFlags } from '../options/node-flags.js';
import type { Origin } from './origin.js';

type ListenFlags = Pick<NodeFlags, 'listenAddress' | 'role'>;

/** With interception each hostname has its own address. Otherwise all have the listen address of the Envoy. */
export async function hostEntries(
  node: DescribedNode,
  flags: ListenFlags,
  origin: Origin,
): Promise<readonly HostnameAddress[]> {
  const { MESH: mesh } = node.metadata;
  if (isIntercepted(node))
    return origin.hostnameAddresses({
      ...(node.cluster !== '' && { cluster: node.cluster }),
      ...(typeof mesh === 'string' && { mesh }),
    });
  const address = addressOfEnvoy(flags);
  return (await origin.hostnames()).map((hostname) => ({ hostname, address }));
}

export function isIntercepted({ metadata: { INTERCEPTION: interception } }: DescribedNode): boolean {
  return typeof interception === 'string' && interception.toUpperCase() === 'REDIRECT';
}

/** The address of an Envoy's listeners, as a client on its machine can connect to it. */
export function addressOfEnvoy({ listenAddress, role }: ListenFlags): string {
  return reachable(listenAddress ?? (role === 'gateway' ? '0.0.0.0' : '127.0.0.1'));
}

function reachable(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  return address === '::' ? '::1' : address;
}
