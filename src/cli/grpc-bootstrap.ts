/**
 * The bootstrap of a gRPC client that takes its configuration from a control plane without an Envoy: what GRPC_XDS_BOOTSTRAP names. A pure
 * function of the node and an address; reads nothing.
 * https://github.com/grpc/proposal/blob/master/A27-xds-global-load-balancing.md#xdsclient-and-bootstrap-file
 */
import type { LocalityText, SocketAddress } from '../admin/text-forms.js';

export interface GrpcBootstrapOptions {
  readonly nodeId: string;
  readonly cluster: string;
  readonly locality: LocalityText;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly xdsAddress: SocketAddress;
}

export function grpcBootstrap({ nodeId, cluster, locality, metadata, xdsAddress }: GrpcBootstrapOptions): object {
  const { region, zone, subZone } = locality;
  return {
    xds_servers: [
      { server_uri: serverUri(xdsAddress), channel_creds: [{ type: 'insecure' }], server_features: ['xds_v3'] },
    ],
    node: {
      id: nodeId,
      cluster,
      ...(region !== undefined && {
        locality: { region, ...(zone !== undefined && { zone }), ...(subZone !== undefined && { sub_zone: subZone }) },
      }),
      metadata: { ...metadata, GENERATOR: 'grpc' },
    },
  };
}

/** An address of IPv6 stands in brackets. */
function serverUri({ host, port }: SocketAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
