/** The settings of a cluster, from the port of the service and the policies that apply to it. */
import type { Read } from '../../graph/index.js';
import type { DestinationTables } from '../discovery/destinations.js';
import type { FailoverTables } from '../failovers/failovers.js';
import type { VirtualDestinationPolicyTables } from '../failovers/virtual-destination-policies.js';
import { isIpAddress } from '../model/address.js';
import type { Backing, EndpointGroup, Protocol } from '../model/model.js';
import { type TrafficPolicyTables, connectionSettingsOn } from '../policies/traffic-policies.js';
import { type TlsMode, upstreamTls } from '../policies/upstreams/upstream-tls.js';
import type { ClusterSettings } from './upstream-cluster.js';
import { destinationPortKey } from '../model/target-key.js';

export interface ClusterContext {
  readonly destinations: DestinationTables;
  readonly failovers: FailoverTables;
  readonly policies: TrafficPolicyTables;
  readonly virtualDestinationPolicies: VirtualDestinationPolicyTables;
}

/** `mode`: the TLS mode, if the service's own policies do not determine it. */
export function settingsOf(
  read: Read,
  { destination: key, port }: Backing,
  context: ClusterContext,
  mode?: TlsMode,
): ClusterSettings {
  const destination = read(context.destinations.destinations, key);
  const protocol = destination?.ports.find(({ number }) => number === port)?.protocol ?? 'HTTP';
  const outlierDetection = read(context.virtualDestinationPolicies.onPorts, destinationPortKey(key, port));
  const tls = destination && upstreamTls(mode ?? context.policies.tlsModeOf(read, key) ?? 'DISABLE', destination, port);
  const connections = connectionSettingsOn(read, key, context.policies);
  return {
    http2: needsHttp2(protocol),
    ...(outlierDetection && { outlierDetection }),
    ...(tls && { tls }),
    ...(connections && { connections }),
  };
}

export function needsHttp2(protocol: Protocol): boolean {
  return protocol === 'HTTP2' || protocol === 'GRPC';
}

/** Whether some endpoints of the service are DNS names. Does not read the endpoints if the service already determines the answer. */
export function hasHostnames(
  read: Read,
  { destination: key, port }: Backing,
  { destinations }: ClusterContext,
): boolean {
  const destination = read(destinations.destinations, key);
  if (destination === undefined || (destination.service && !destination.named)) return false;
  return (read(destinations.endpoints, destinationPortKey(key, port)) ?? []).some(hasHostname);
}

function hasHostname({ endpoints }: EndpointGroup): boolean {
  return endpoints.some(({ address }) => !isIpAddress(address));
}
