/** TLS to endpoints. https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/transport_sockets/tls/v3/tls.proto */
import type { Cluster, CommonTlsContext } from '../../generated/envoy.js';
import type { UpstreamTls } from '../../mesh/policies/upstreams/upstream-tls.js';
import { packAny } from '../../proto/envoy-types.js';

/**
 * The directory in which Istio's agent stores a workload's certificates as files. They must exist before the Envoy gets the cluster. Envoy
 * loads renewed certificates when the directory is replaced. There is no secret discovery.
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

/** Envoy does not verify the endpoint's certificate, because no resource names a certificate authority. */
function simple(http2: boolean): CommonTlsContext {
  return http2 ? { alpnProtocols: ['h2'] } : {};
}

/** The ALPN protocol `istio` tells the sidecar of the endpoint that this is TLS of the mesh, not of an application. */
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
