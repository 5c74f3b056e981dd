/** TLS towards the endpoints of a service, as TrafficPolicies configure it. Knows nothing of certificates' files. */
import type { TrafficPolicySpec_Policy as Policy } from '../../../generated/resources.js';
import { ownHostname } from '../../discovery/external/own-hostname.js';
import type { Destination } from '../../model/model.js';

/** `SIMPLE`: no client certificate. `ISTIO_MUTUAL`: the mesh's own certificates on both sides. */
export type TlsMode = 'DISABLE' | 'SIMPLE' | 'ISTIO_MUTUAL';

export interface UpstreamTls {
  readonly mode: Exclude<TlsMode, 'DISABLE'>;
  /** The name that the endpoint is asked for (SNI); empty where that is longer than TLS takes. */
  readonly serverName: string;
}

export function tlsMode({ istio }: NonNullable<Policy['mtls']>): TlsMode {
  return istio?.tlsMode ?? 'DISABLE';
}

/**
 * The name is the one that the service has in its own cluster, so that a service that runs in several clusters has one name; what is outside
 * of the clusters has its own.
 */
export function upstreamTls(mode: TlsMode, destination: Destination, port: number): UpstreamTls | undefined {
  if (mode === 'DISABLE') return undefined;
  const serverName = serverNameOf(mode, destination, port);
  return { mode, serverName: serverName.length > LONGEST_SERVER_NAME ? '' : serverName };
}

/** Envoy's limit. https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/transport_sockets/tls/v3/tls.proto */
export const LONGEST_SERVER_NAME = 255;

export function serverNameOf(
  mode: UpstreamTls['mode'],
  { service, hosts, ref, externalName }: Destination,
  port: number,
): string {
  const host = service
    ? (externalName ?? `${service.name}.${service.namespace}.svc.cluster.local`)
    : (ownHostname(hosts) ?? ref.name);
  return mode === 'SIMPLE' ? host : `outbound_.${port}_._.${host}`;
}
