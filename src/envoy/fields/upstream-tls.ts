/** TLS towards endpoints. https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/transport_sockets/tls/v3/tls.proto */
import type { Cluster, CommonTlsContext } from '../../generated/envoy.js';
import type { UpstreamTls } from '../../mesh/policies/upstreams/upstream-tls.js';
import { packAny } from '../../proto/envoy-types.js';

/**
 * Where Istio's agent puts a workload's certificates where they are files: they must be there before the Envoy is sent the cluster,
 * and Envoy takes renewed ones when their directory is replaced. There is no secret discovery.
 */
const CERTIFICATES = '/etc/certs';

export function toTransportSocket({ mode, serverName }: UpstreamTls, http2: boolean): Pick<Cluster, 'transportSocket'> {
  const commonTlsContext = mode === 'SIMPLE' ? simple(http2) : mutual(http2);
  return {
    transportSocket: {
      name: 'envoy.transport_sockets.tls',
      typedConfig: packAny('envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
        sni: serverName,
        commonTlsContext,
      }),
    },
  };
}

/** The endpoint's certificate is not verified: whose authority would count, no resource says. */
function simple(http2: boolean): CommonTlsContext {
  return http2 ? { alpnProtocols: ['h2'] } : {};
}

/** By the protocol `istio` the sidecar on the other side knows the mesh's own TLS from that of an application. */
function mutual(http2: boolean): CommonTlsContext {
  return {
    alpnProtocols: http2 ? ['istio', 'h2'] : ['istio'],
    tlsCertificates: [
      {
        certificateChain: { filename: `${CERTIFICATES}/cert-chain.pem` },
        privateKey: { filename: `${CERTIFICATES}/key.pem` },
        watchedDirectory: { path: CERTIFICATES },
      },
    ],
    validationContext: {
      trustedCa: { filename: `${CERTIFICATES}/root-cert.pem` },
      watchedDirectory: { path: CERTIFICATES },
    },
  };
}
