/** The flags of `lifeboat inject`. */
import { UNKNOWN_CLUSTER, envoyAdminFlag, sotwFlag, xdsAddressFlag } from '../options/envoy-flags.js';
import { Flag } from '../options/flag.js';
import { type NodeFlags, nodeFlags } from '../options/node-flags.js';
import { readLimitFlags } from '../options/read-limit-flags.js';
import { serverFlags } from '../options/server-flags.js';
import { offlineConfigFlag } from '../options/shared-flags.js';
import type { OriginFlags } from '../queries/origin.js';

export interface InjectFlags extends OriginFlags, NodeFlags {
  readonly filename?: readonly string[];
  readonly xdsAddress?: readonly string[];
  readonly hostname?: readonly string[];
  readonly envoyImage: string;
  readonly envoyAdminAddress: string;
  readonly envoyCpu: string;
  readonly envoyMemory: string;
  readonly readyPort: string;
  readonly tlsSecret?: string;
  readonly tlsServerName?: string;
  readonly sotw?: boolean;
}

/** The version that the tests run, without a shell and other programs. */
const ENVOY_IMAGE = 'envoyproxy/envoy:distroless-v1.40.0';
/** As in Istio. */
const READY_PORT = '15021';
const ENVOY_CPU = '50m';
const ENVOY_MEMORY = '256Mi';

/** The flags of the node that Pods do not decide themselves. */
const NODE_FLAGS: ReadonlySet<string> = new Set([
  ...['locality', 'cluster', 'mesh', 'listen-address', 'listen-port-offset'],
  ...['interception', 'tcp-user-timeout', 'metadata'],
]);

export function injectFlags(): readonly Flag[] {
  return [
    new Flag('-f, --filename <file...>', 'manifests, YAML or JSON; repeatable; - reads the standard input', {
      needed: true,
    }),
    xdsAddressFlag({ needed: true }),
    ...nodeFlags('', UNKNOWN_CLUSTER).filter((flag) => NODE_FLAGS.has(flag.name())),
    sotwFlag(),
    ...hostnameFlags(),
    ...sidecarFlags(),
  ];
}

function hostnameFlags(): readonly Flag[] {
  return [
    new Flag('--hostname <name...>', 'failover hostname for hostAliases; repeatable', {
      without: 'all failover hostnames of --config or --server',
    }),
    offlineConfigFlag(),
    ...readLimitFlags(),
    ...serverFlags(),
  ];
}

function sidecarFlags(): readonly Flag[] {
  return [
    new Flag('--envoy-image <image>', 'image of Envoy, whose entrypoint is Envoy', { default: ENVOY_IMAGE }),
    envoyAdminFlag(),
    new Flag('--ready-port <port>', "port at the Pod's address for probes of Envoy", { default: READY_PORT }),
    new Flag('--envoy-cpu <quantity>', "request of CPU, as Kubernetes' quantity", { default: ENVOY_CPU }),
    new Flag('--envoy-memory <quantity>', 'request and limit of memory', { default: ENVOY_MEMORY }),
    new Flag('--tls-secret <name>', 'Secret with ca.crt, tls.crt and tls.key for mutual TLS with the control plane', {
      without: 'plain text',
    }),
    new Flag('--tls-server-name <name>', 'server name (SNI), which must be in the certificate', {
      without: 'the host of the address',
    }),
  ];
}
