/** `lifeboat bootstrap`: the bootstrap of an Envoy or a gRPC client, or the lines of a hosts file that lead to that Envoy. */
import { metadataFindings } from '../control-plane/clients/node-findings.js';
import { CliError, EXIT } from './output/cli-error.js';
import { addCommand, type Cli, type Invocation } from './command/command.js';
import { envoyBootstrap } from './bootstraps/envoy-bootstrap.js';
import { UNKNOWN_CLUSTER, envoyAdminFlag, sotwFlag, xdsAddresses, xdsAddressFlag } from './options/envoy-flags.js';
import { hostEntries } from './queries/host-entries.js';
import { writeNodeFindings } from './output/finding-lines.js';
import { flagAddress } from './options/flag-address.js';
import { Flag } from './options/flag.js';
import { readLimitFlags } from './options/read-limit-flags.js';
import { grpcBootstrap } from './bootstraps/grpc-bootstrap.js';
import { describedNode, type NodeFlags, nodeFlags } from './options/node-flags.js';
import { type OriginFlags, originOf } from './queries/origin.js';
import { toJson, toYaml } from './output/output.js';
import { DEFAULT_XDS_ADDRESS, offlineConfigFlag, outputFlag } from './options/shared-flags.js';
import { serverFlags } from './options/server-flags.js';
import { write } from './output/terminal.js';
import type { ClientTls, XdsClusterOptions } from './bootstraps/xds-cluster.js';

interface BootstrapFlags extends OriginFlags, NodeFlags {
  readonly xdsAddress: readonly string[];
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsServerName?: string;
  readonly envoyAdminAddress: string;
  readonly sotw?: boolean;
  readonly grpc?: boolean;
  readonly hosts?: boolean;
  readonly output: 'yaml' | 'json';
}

export function addBootstrap(cli: Cli): void {
  addCommand<BootstrapFlags>(cli, {
    name: 'bootstrap',
    description:
      'Print an Envoy bootstrap that connects to this control plane by ADS. --grpc prints the bootstrap of a gRPC client, --hosts the lines of /etc/hosts for the failover hostnames.',
    examples: [
      'lifeboat bootstrap --node-id productpage-1 --cluster mgmt-cluster --locality us-east-1/us-east-1a > envoy.yaml',
      'lifeboat bootstrap --node-id p1 --xds-address lb-1.example:18000 --xds-address lb-2.example:18000 --tls-ca ca.pem',
      'lifeboat bootstrap --grpc --node-id client-1 --locality us-east-1 > grpc.json',
      'lifeboat bootstrap --hosts --config examples/bookinfo',
    ],
    flags: [
      ...nodeFlags('required without --hosts', UNKNOWN_CLUSTER),
      ...connectionFlags(),
      ...hostsFlags(),
      outputFlag(['yaml', 'json'], 'yaml'),
    ],
    run: (invocation) => (invocation.values.hosts === true ? printHosts(invocation) : printBootstrap(invocation)),
  });
}

function connectionFlags(): readonly Flag[] {
  return [
    xdsAddressFlag({ default: [DEFAULT_XDS_ADDRESS] }),
    new Flag(
      '--tls-ca <file>',
      "PEM certificates of the CA that issues the control plane's certificate; a path on the Envoy's host",
      {
        without: 'plain text',
      },
    ),
    new Flag('--tls-cert <file>', "PEM certificate chain of the Envoy (mutual TLS); a path on the Envoy's host", {
      without: 'no client certificate',
    }),
    new Flag('--tls-key <file>', "PEM private key of the Envoy; a path on the Envoy's host", { without: 'none' }),
    new Flag('--tls-server-name <name>', 'server name (SNI), which must be in the certificate', {
      without: 'the host of the address',
    }),
    envoyAdminFlag(),
    sotwFlag(),
    new Flag('--grpc', 'print the bootstrap of a gRPC client instead (JSON, for GRPC_XDS_BOOTSTRAP)'),
  ];
}

function hostsFlags(): readonly Flag[] {
  return [
    new Flag(
      '--hosts',
      'print lines for /etc/hosts instead, which map the failover hostnames to the listen address; with --interception redirect, each to its own address',
    ),
    offlineConfigFlag(),
    ...readLimitFlags(),
    ...serverFlags(),
  ];
}

async function printBootstrap(invocation: Invocation<BootstrapFlags>) {
  const { terminal, values } = invocation;
  if (values.nodeId === undefined) throw new CliError('usage', 'The flag --node-id is missing: it names the Envoy.');
  const { cluster, locality, metadata } = describedNode(values);
  await writeNodeFindings(metadataFindings(metadata), terminal);
  const node = { nodeId: values.nodeId, cluster: cluster || UNKNOWN_CLUSTER, locality, metadata };
  const bootstrap = values.grpc === true ? forGrpc(node, invocation) : forEnvoy(node, invocation);
  // gRPC reads JSON only.
  const json = values.output === 'json' || values.grpc === true;
  await write(terminal.stdout, json ? toJson(bootstrap) : toYaml(bootstrap));
  return EXIT.fine;
}

type Node = Omit<Parameters<typeof grpcBootstrap>[0], 'controlPlanes'>;

function forEnvoy(node: Node, invocation: Invocation<BootstrapFlags>): object {
  const { values } = invocation;
  const adminAddress = flagAddress('--envoy-admin-address', values.envoyAdminAddress);
  return envoyBootstrap({
    ...node,
    controlPlanes: controlPlanes(invocation),
    adminAddress,
    incremental: values.sotw !== true,
  });
}

/** gRPC clients use state-of-the-world xDS only, so `--sotw` has no effect. */
function forGrpc(node: Node, invocation: Invocation<BootstrapFlags>): object {
  if (invocation.values.tlsServerName !== undefined)
    throw new CliError('usage', '--tls-server-name cannot be used with --grpc: gRPC uses the host of --xds-address.');
  return grpcBootstrap({ ...node, controlPlanes: controlPlanes(invocation) });
}

function controlPlanes({ sourceOf, values }: Invocation<BootstrapFlags>): XdsClusterOptions {
  const addresses = xdsAddresses(values.xdsAddress);
  const tls = clientTls(values, (flag) => sourceOf(flag) === 'cli');
  return { addresses, ...(tls && { tls }) };
}

/** Certificates from the environment or the settings file may be those of `serve`, so they are ignored without a CA. */
function clientTls(
  { tlsCa, tlsCert, tlsKey, tlsServerName }: BootstrapFlags,
  isGiven: (flag: keyof typeof TLS_FLAGS) => boolean,
): ClientTls | undefined {
  if (tlsCa === undefined) {
    const given = (['tlsCert', 'tlsKey', 'tlsServerName'] as const).find(isGiven);
    if (given !== undefined)
      throw new CliError(
        'usage',
        `${TLS_FLAGS[given]} needs --tls-ca, with which the Envoy verifies the control plane.`,
      );
    return undefined;
  }
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new CliError('usage', 'Give --tls-cert and --tls-key together.');
  return {
    ca: tlsCa,
    ...(tlsCert !== undefined && tlsKey !== undefined && { cert: { chain: tlsCert, key: tlsKey } }),
    ...(tlsServerName !== undefined && { serverName: tlsServerName }),
  };
}

const TLS_FLAGS = { tlsCert: '--tls-cert', tlsKey: '--tls-key', tlsServerName: '--tls-server-name' } as const;

async function printHosts(invocation: Invocation<BootstrapFlags>) {
  const { terminal, values } = invocation;
  // Also checks the flags that have no effect here.
  const node = describedNode(values);
  const entries = await hostEntries(node, values, await originOf(invocation));
  if (entries.length === 0) await write(terminal.stderr, 'There are no failover hostnames.\n');
  await write(terminal.stdout, entries.map(({ address, hostname }) => `${address} ${hostname}\n`).join(''));
  return EXIT.fine;
}
