/** From the flags of `lifeboat inject` to what is injected. */
import type { HostnameAddress } from '../../control-plane/api/api.js';
import { type InjectOptions, type BootstrapParts, TLS_DIRECTORY } from '../../kubernetes/inject/options.js';
import { envoyBootstrap } from '../bootstraps/envoy-bootstrap.js';
import type { ClientTls } from '../bootstraps/xds-cluster.js';
import type { Invocation } from '../command/command.js';
import { UNKNOWN_CLUSTER, xdsAddresses } from '../options/envoy-flags.js';
import { flagAddress } from '../options/flag-address.js';
import type { DescribedNode } from '../options/node-flags.js';
import { CliError } from '../output/cli-error.js';
import type { InjectFlags } from './flags.js';

const QUANTITY = /^\d+(?:\.\d+)?(?:m|[kMGT]|[KMGT]i)?$/u;
/** Of Kubernetes objects. */
const NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/u;

/** @throws CliError (usage) for an invalid value. */
export function injectOptions(
  invocation: Invocation<InjectFlags>,
  node: DescribedNode,
  hostAliases: readonly HostnameAddress[],
): InjectOptions {
  const { values } = invocation;
  const admin = flagAddress('--envoy-admin-address', values.envoyAdminAddress);
  const readyPort = portOf(values.readyPort);
  if (admin.port === 0) throw new CliError('usage', '--envoy-admin-address needs a port that is not 0.');
  if (admin.port === readyPort)
    throw new CliError('usage', '--ready-port and --envoy-admin-address must have different ports.');
  const cluster = node.cluster || UNKNOWN_CLUSTER;
  const [tls, addresses] = [tlsOf(invocation), xdsAddresses(values.xdsAddress ?? [])];
  const bootstrap = ({ metadata, ...parts }: BootstrapParts): object =>
    envoyBootstrap({
      ...parts,
      cluster,
      metadata: { ...node.metadata, ...metadata },
      controlPlanes: { addresses, ...(tls && { tls }) },
      adminAddress: admin,
      incremental: values.sotw !== true,
    });
  return {
    image: values.envoyImage,
    cluster,
    ...(values.locality !== undefined && { locality: node.locality }),
    bootstrap,
    admin,
    readyPort,
    cpu: quantityOf('--envoy-cpu', values.envoyCpu),
    memory: quantityOf('--envoy-memory', values.envoyMemory),
    ...(values.tlsSecret !== undefined && { tlsSecret: values.tlsSecret }),
    hostAliases,
  };
}

function tlsOf({ sourceOf, values }: Invocation<InjectFlags>): ClientTls | undefined {
  const { tlsSecret, tlsServerName } = values;
  if (tlsSecret === undefined) {
    // From the environment it may be meant for another command.
    if (sourceOf('tlsServerName') === 'cli') throw new CliError('usage', '--tls-server-name needs --tls-secret.');
    return undefined;
  }
  if (!NAME.test(tlsSecret)) throw new CliError('usage', `--tls-secret ${tlsSecret}: must be the name of a Secret.`);
  const file = (name: string): string => `${TLS_DIRECTORY}/${name}`;
  return {
    ca: file('ca.crt'),
    cert: { chain: file('tls.crt'), key: file('tls.key') },
    ...(tlsServerName !== undefined && { serverName: tlsServerName }),
  };
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/u.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new CliError('usage', `--ready-port ${text}: must be a port between 1 and 65535.`);
}

function quantityOf(flag: string, text: string): string {
  if (QUANTITY.test(text)) return text;
  throw new CliError('usage', `${flag} ${text}: must be a quantity of Kubernetes, such as 100m or 256Mi.`);
}
