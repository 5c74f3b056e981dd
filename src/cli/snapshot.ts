/** `lifeboat snapshot`: the exact resources that a client gets or has acknowledged, from files or a running control plane. */
import type { HeldSnapshot, Snapshot, SnapshotQuery } from '../control-plane/api/api.js';
import { adminClient } from './queries/admin-client.js';
import { CliError, EXIT } from './output/cli-error.js';
import { addCommand, type Cli, type Invocation } from './command/command.js';
import { writeNodeFindings } from './output/finding-lines.js';
import { Flag } from './options/flag.js';
import { readLimitFlags } from './options/read-limit-flags.js';
import { describedNode, describedQuery, type NodeFlags, nodeFlagNames, nodeFlags } from './options/node-flags.js';
import { type OriginFlags, originOf } from './queries/origin.js';
import { toJson, toYaml } from './output/output.js';
import { offlineConfigFlag, outputFlag } from './options/shared-flags.js';
import { serverFlags } from './options/server-flags.js';
import { type Terminal, write } from './output/terminal.js';

interface SnapshotFlags extends OriginFlags, NodeFlags {
  readonly target?: readonly string[];
  readonly proxy?: string;
  readonly acked?: boolean;
  readonly output: 'json' | 'yaml';
}

export function addSnapshot(cli: Cli): void {
  addCommand<SnapshotFlags>(cli, {
    name: 'snapshot',
    description:
      'Print the listeners, routes, clusters and endpoints that an Envoy gets, as proto JSON. The flags describe the Envoy, or --proxy names a connected one.',
    examples: [
      'lifeboat snapshot --node-id productpage-1 --cluster mgmt-cluster --locality us-east-1/us-east-1a --config examples/bookinfo',
      'lifeboat snapshot --proxy productpage-1',
      'lifeboat snapshot --proxy productpage-1 --acked',
    ],
    flags: [
      ...nodeFlags('required without --proxy', 'none'),
      new Flag(
        '--target <hostname:port...>',
        'target of a gRPC client (xds:///hostname:port), for a gRPC client instead of an Envoy; repeatable',
      ),
      new Flag('--proxy <id>', 'node.id of a connected Envoy or gRPC client, instead of the flags that describe one'),
      new Flag('--acked', 'with --proxy: print what the client has acknowledged instead'),
      offlineConfigFlag(),
      ...readLimitFlags(),
      ...serverFlags(),
      outputFlag(['json', 'yaml'], 'json'),
    ],
    run: snapshot,
  });
}

async function snapshot(invocation: Invocation<SnapshotFlags>) {
  const { terminal, values } = invocation;
  const { findings, ...result } = await (values.proxy === undefined
    ? ofDescription(invocation)
    : ofProxy(invocation, values.proxy));
  await writeNodeFindings(findings, terminal);
  await writeUnserved(values.target ?? [], result, terminal);
  await write(terminal.stdout, values.output === 'yaml' ? toYaml(result) : toJson(result));
  return EXIT.fine;
}

/** Reports the targets of a gRPC client that have no listener: nothing serves this hostname and port for the node. */
async function writeUnserved(targets: readonly string[], result: object, terminal: Terminal): Promise<void> {
  const listeners =
    'listeners' in result && Array.isArray(result.listeners)
      ? (result.listeners as readonly { readonly name?: string }[])
      : [];
  for (const target of targets) {
    if (listeners.some(({ name }) => name === target)) continue;
    await write(
      terminal.stderr,
      `warning: Nothing serves the target ${target} for this node. "lifeboat explain" says which hostnames and ports exist.\n`,
    );
  }
}

async function ofDescription(invocation: Invocation<SnapshotFlags>): Promise<Snapshot> {
  const { values } = invocation;
  if (values.acked === true)
    throw new CliError('usage', '--acked needs --proxy: only a connected client acknowledges resources.');
  const query = snapshotQuery(values);
  return (await originOf(invocation)).snapshot(query);
}

async function ofProxy(
  { ports, sourceOf, values }: Invocation<SnapshotFlags>,
  id: string,
): Promise<Snapshot | HeldSnapshot> {
  const described = [...nodeFlagNames, 'target' as const, 'config' as const].find((flag) => sourceOf(flag) === 'cli');
  if (described !== undefined)
    throw new CliError(
      'usage',
      `--${kebab(described)} does not go with --proxy, which asks the server for a connected Envoy.`,
    );
  const client = adminClient(values, ports.version);
  return values.acked === true ? client.heldSnapshot(id) : client.proxySnapshot(id);
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function snapshotQuery(values: SnapshotFlags): SnapshotQuery {
  const { nodeId, target } = values;
  if (nodeId === undefined)
    throw new CliError('usage', 'The flag --node-id is missing: it names the Envoy. For a connected one, use --proxy.');
  return { nodeId, ...describedQuery(describedNode(values)), ...(target && { targets: target }) };
}
