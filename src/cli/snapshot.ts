/** `lifeboat snapshot`: the exact configuration that an Envoy gets, from files or from a control plane that runs. */
import { parseLabels, parseLocality, parsePairs } from '../admin/text-forms.js';
import type { SnapshotQuery } from '../control-plane/api.js';
import { EXIT } from './cli-error.js';
import { addCommand, type Cli, type Invocation } from './command.js';
import { Flag } from './flag.js';
import { type OriginFlags, originOf } from './origin.js';
import { toJson, toYaml } from './output.js';
import {
  clusterFlag,
  labelsFlag,
  localityFlag,
  metadataFlag,
  offlineConfigFlag,
  outputFlag,
  serverFlag,
} from './shared-flags.js';
import { write } from './terminal.js';

interface SnapshotFlags extends OriginFlags {
  readonly nodeId: string;
  readonly locality?: string;
  readonly labels?: string;
  readonly cluster?: string;
  readonly metadata?: readonly string[];
  readonly target?: readonly string[];
  readonly output: 'json' | 'yaml';
}

export function addSnapshot(cli: Cli): void {
  addCommand<SnapshotFlags>(cli, {
    name: 'snapshot',
    description:
      'Print the listeners, routes, clusters and endpoints that an Envoy of this description gets, as proto JSON.',
    flags: [
      new Flag('--node-id <id>', 'node.id of the Envoy', { needed: true }),
      localityFlag(),
      labelsFlag(),
      clusterFlag('none'),
      metadataFlag(),
      new Flag('--target <hostname:port...>', 'what a gRPC client asks for (xds:///hostname:port), instead of an Envoy; repeatable'),
      offlineConfigFlag(),
      serverFlag(),
      outputFlag(['json', 'yaml'], 'json'),
    ],
    run: snapshot,
  });
}

async function snapshot(invocation: Invocation<SnapshotFlags>) {
  const { terminal, values } = invocation;
  const query = snapshotQuery(values);
  const origin = await originOf(invocation);
  const { listeners, routes, clusters, endpoints } = await origin.snapshot(query);
  const result = { listeners, routes, clusters, endpoints };
  await write(terminal.stdout, values.output === 'yaml' ? toYaml(result) : toJson(result));
  return EXIT.fine;
}

function snapshotQuery({ nodeId, locality, labels, cluster, metadata, target }: SnapshotFlags): SnapshotQuery {
  return {
    nodeId,
    ...parseLocality(locality ?? ''),
    ...(cluster !== undefined && { cluster }),
    labels: parseLabels(labels ?? ''),
    metadata: parsePairs(metadata ?? [], 'metadata entry'),
    ...(target && { targets: target }),
  };
}
