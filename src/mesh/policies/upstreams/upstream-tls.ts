/** TLS to the endpoints of a service, as TrafficPolicies configure it. Must not know the files of certificates. */
import type { TrafficPolicySpec_Policy as Policy } from '../../../generated/resources.js';
import { ownHostname } from '../../discovery/external/own-hostname.js';
import type { Destination } from '../../model/model.js';

/** `SIMPLE`: no client certificate. `ISTIO_MUTUAL`: both sides use the certificates of the mesh. */
export type TlsMode = 'DISABLE' | 'SIMPLE' | 'ISTIO_MUTUAL';

export interface UpstreamTls {
  readonly mode: Exclude<TlsMode, 'DISABLE'>;
  /** The server name (SNI). Empty if the name is longer than TLS allows. */
  readonly serverName: string;
}

export function tlsMode({ istio }: NonNullable<Policy['mtls']>): TlsMode {
  return istio?.tlsMode ?? 'DISABLE';
}

/**
 * The server name is the service's hostname in its own cluster, so a service has the same name in all clusters. An external service has
 * its own name.
 */
export function upstreamTls(mode: TlsMode, destination: Destination, port: number): UpstreamTls | undefined {
  if (mode === 'DISABLE') return undefined;
  const serverName = serverNameOf(mode, destination, port);
  return { mode, serverName: serverName.length > LONGEST_SERVER_NAME ? '' : serverName };
}

/** Envoy's limit in bytes. https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/transport_sockets/tls/v3/tls.proto */
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
