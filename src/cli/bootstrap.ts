/** `lifeboat bootstrap`: an Envoy's or a gRPC client's bootstrap for this control plane, or the hosts lines that lead to that Envoy. */
import { isIP } from 'node:net';
import { parseAddress, parseLabels, parseLocality, parsePairs } from '../admin/text-forms.js';
import { CliError, EXIT } from './cli-error.js';
import { addCommand, type Cli, type Invocation } from './command.js';
import { envoyBootstrap } from './envoy-bootstrap.js';
import { Flag } from './flag.js';
import { grpcBootstrap } from './grpc-bootstrap.js';
import { type OriginFlags, originOf } from './origin.js';
import { toJson, toYaml } from './output.js';
import {
  clusterFlag,
  DEFAULT_XDS_ADDRESS,
  labelsFlag,
  localityFlag,
  metadataFlag,
  offlineConfigFlag,
  outputFlag,
  serverFlag,
} from './shared-flags.js';
import { write } from './terminal.js';

interface BootstrapFlags extends OriginFlags {
  readonly nodeId?: string;
  readonly locality?: string;
  readonly cluster?: string;
  readonly namespace?: string;
  readonly role?: 'sidecar' | 'gateway';
  readonly labels?: string;
  readonly listenAddress?: string;
  readonly listenPortOffset?: string;
  readonly metadata?: readonly string[];
  readonly xdsAddress: string;
  readonly envoyAdminAddress: string;
  readonly delta?: boolean;
  readonly grpc?: boolean;
  readonly hosts?: boolean;
  readonly output: 'yaml' | 'json';
}

/** What Envoy's `node.cluster` says where nobody named the site; Envoy refuses to start without one. */
const UNKNOWN_CLUSTER = 'unknown';
/** Where an Envoy answers for its own administration unless told otherwise, as in Envoy's documentation. */
const DEFAULT_ENVOY_ADMIN_ADDRESS = '127.0.0.1:9901';

export function addBootstrap(cli: Cli): void {
  addCommand<BootstrapFlags>(cli, {
    name: 'bootstrap',
    description:
      'Print an Envoy bootstrap that connects to this control plane by ADS, or (--grpc) the bootstrap of a gRPC client, or (--hosts) hosts lines for the failover hostnames.',
    flags: [...nodeFlags(), ...connectionFlags(), ...hostsFlags(), outputFlag(['yaml', 'json'], 'yaml')],
    run: (invocation) => (invocation.values.hosts === true ? printHosts(invocation) : printBootstrap(invocation)),
  });
}

function nodeFlags(): readonly Flag[] {
  return [
    new Flag('--node-id <id>', 'node.id, unique per Envoy; required without --hosts'),
    localityFlag(),
    clusterFlag(UNKNOWN_CLUSTER),
    new Flag('--namespace <name>', 'namespace that short host names belong to'),
    new Flag('--role <role>', 'what the Envoy is', { choices: ['sidecar', 'gateway'], without: 'sidecar' }),
    labelsFlag(),
    new Flag('--listen-address <ip>', 'address that its listeners bind', {
      without: '127.0.0.1, for a gateway 0.0.0.0',
    }),
    new Flag('--listen-port-offset <number>', "added to every listener's port", { without: '0' }),
    metadataFlag(),
  ];
}

function connectionFlags(): readonly Flag[] {
  return [
    new Flag('--xds-address <host:port>', 'where the control plane answers xDS', { default: DEFAULT_XDS_ADDRESS }),
    // Not --admin-address: that is the control plane's, in the environment and the settings file as well.
    new Flag('--envoy-admin-address <host:port>', "the Envoy's own admin address", {
      default: DEFAULT_ENVOY_ADMIN_ADDRESS,
    }),
    new Flag('--delta', 'incremental xDS instead of state of the world'),
    new Flag('--grpc', 'print the bootstrap of a gRPC client without an Envoy, for GRPC_XDS_BOOTSTRAP, as JSON, instead'),
  ];
}

function hostsFlags(): readonly Flag[] {
  return [
    new Flag('--hosts', 'print lines for /etc/hosts that lead the failover hostnames to the listen address, instead'),
    offlineConfigFlag(),
    serverFlag(),
  ];
}

async function printBootstrap({ terminal, values }: Invocation<BootstrapFlags>) {
  if (values.nodeId === undefined) throw new CliError('usage', 'The flag --node-id is missing.');
  const node = {
    nodeId: values.nodeId,
    cluster: values.cluster ?? UNKNOWN_CLUSTER,
    locality: parseLocality(values.locality ?? ''),
    metadata: metadataOf(values),
    xdsAddress: parseAddress(values.xdsAddress),
  };
  const adminAddress = parseAddress(values.envoyAdminAddress);
  const bootstrap =
    values.grpc === true
      ? grpcBootstrap(node)
      : envoyBootstrap({ ...node, adminAddress, delta: values.delta === true });
  // gRPC reads nothing but JSON.
  const json = values.output === 'json' || values.grpc === true;
  await write(terminal.stdout, json ? toJson(bootstrap) : toYaml(bootstrap));
  return EXIT.fine;
}

async function printHosts(invocation: Invocation<BootstrapFlags>) {
  const { terminal, values } = invocation;
  const address = reachable(listenAddress(values));
  const origin = await originOf(invocation);
  const hostnames = await origin.hostnames();
  if (hostnames.length === 0) await write(terminal.stderr, 'There are no failover hostnames.\n');
  await write(terminal.stdout, hostnames.map((hostname) => `${address} ${hostname}\n`).join(''));
  return EXIT.fine;
}

/** `node.metadata` as the control plane reads it; what a flag of its own says wins over `--metadata`. */
function metadataOf(values: BootstrapFlags): Readonly<Record<string, unknown>> {
  const labels = parseLabels(values.labels ?? '');
  return {
    ...parsePairs(values.metadata ?? [], 'metadata entry'),
    ...(values.cluster !== undefined && { CLUSTER_ID: values.cluster }),
    ...(values.namespace !== undefined && { NAMESPACE: values.namespace }),
    ...(values.role !== undefined && { ROLE: values.role }),
    ...(Object.keys(labels).length > 0 && { LABELS: labels }),
    ...(values.listenAddress !== undefined && { LISTEN_ADDRESS: listenAddress(values) }),
    ...(values.listenPortOffset !== undefined && { LISTEN_PORT_OFFSET: portOffset(values.listenPortOffset) }),
  };
}

function listenAddress({ listenAddress: text, role }: BootstrapFlags): string {
  const address = text ?? (role === 'gateway' ? '0.0.0.0' : '127.0.0.1');
  if (isIP(address) === 0) throw new CliError('usage', `--listen-address ${address}: must be an IP address.`);
  return address;
}

/** An address that a client on this machine can connect to. */
function reachable(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  return address === '::' ? '::1' : address;
}

function portOffset(text: string): number {
  if (/^-?\d{1,5}$/.test(text) && Math.abs(Number(text)) < 65536) return Number(text);
  throw new CliError('usage', `--listen-port-offset ${text}: must be a whole number below 65536.`);
}
