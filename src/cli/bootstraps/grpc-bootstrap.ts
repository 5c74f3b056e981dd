/**
 * The bootstrap of a gRPC client that gets its configuration from a control plane: the file that GRPC_XDS_BOOTSTRAP names. A pure
 * function of the node and of addresses; reads no files.
 * https://github.com/grpc/proposal/blob/master/A27-xds-global-load-balancing.md#xdsclient-and-bootstrap-file
 */
import { formatAddress, type LocalityText, type SocketAddress } from '../../admin/queries/text-forms.js';
import { nodeLocality } from './envoy-bootstrap.js';
import type { ClientTls, XdsClusterOptions } from './xds-cluster.js';

export interface GrpcBootstrapOptions {
  readonly nodeId: string;
  readonly cluster: string;
  readonly locality: LocalityText;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly controlPlanes: XdsClusterOptions;
}

/** Of several servers a client uses the first that it can reach: https://github.com/grpc/proposal/blob/master/A71-xds-fallback.md */
export function grpcBootstrap({ nodeId, cluster, locality, metadata, controlPlanes }: GrpcBootstrapOptions): object {
  const { addresses, tls } = controlPlanes;
  return {
    xds_servers: addresses.map((address) => xdsServer(address, tls)),
    node: {
      id: nodeId,
      cluster,
      ...nodeLocality(locality),
      metadata: { ...metadata, GENERATOR: 'grpc' },
    },
  };
}

function xdsServer(address: SocketAddress, tls: ClientTls | undefined): object {
  const credentials = tls === undefined ? { type: 'insecure' } : { type: 'tls', config: tlsConfig(tls) };
  return { server_uri: formatAddress(address), channel_creds: [credentials], server_features: ['xds_v3'] };
}

/** https://github.com/grpc/proposal/blob/master/A65-xds-mtls-creds-in-bootstrap.md */
function tlsConfig({ ca, cert }: ClientTls): object {
  return { ca_certificate_file: ca, ...(cert && { certificate_file: cert.chain, private_key_file: cert.key }) };
}
