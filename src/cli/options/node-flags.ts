/** The flags that describe an Envoy's node, shared by several commands, and the node that they describe. */
import { type LocalityText, parseLabels, parseLocality, parsePairs } from '../../admin/queries/text-forms.js';
import type { SnapshotQuery } from '../../control-plane/api/api.js';
import { offsets, trustedHops } from '../../control-plane/clients/client.js';
import { readAddress, readInteger, readUserTimeout, type Report } from '../../control-plane/clients/node-metadata.js';
import { CliError } from '../output/cli-error.js';
import { Flag } from './flag.js';
import { clusterFlag, labelsFlag } from './shared-flags.js';

export interface NodeFlags {
  readonly nodeId?: string;
  readonly locality?: string;
  readonly cluster?: string;
  readonly namespace?: string;
  readonly labels?: string;
  readonly role?: 'sidecar' | 'gateway';
  readonly mesh?: string;
  readonly listenAddress?: string;
  readonly listenPortOffset?: string;
  readonly interception?: 'none' | 'redirect';
  readonly tcpUserTimeout?: string;
  readonly xffNumTrustedHops?: string;
  readonly metadata?: readonly string[];
}

/** The names of their values. */
export const nodeFlagNames = [
  ...([
    'nodeId',
    'locality',
    'cluster',
    'namespace',
    'labels',
    'role',
    'mesh',
    'listenAddress',
    'listenPortOffset',
  ] as const),
  ...(['interception', 'tcpUserTimeout', 'xffNumTrustedHops', 'metadata'] as const),
] satisfies readonly (keyof NodeFlags)[];

/**
 * @param required when `--node-id` is required: `required without --hosts`.
 * @param cluster what happens without `--cluster`.
 */
export function nodeFlags(required: string, cluster: string): readonly Flag[] {
  return [
    new Flag('--node-id <id>', `node.id, unique per Envoy; ${required}`),
    new Flag('--locality <region[/zone[/subzone]]>', 'locality of the Envoy; /zone if the region is unknown', {
      without: 'unknown',
    }),
    clusterFlag(cluster),
    new Flag('--namespace <name>', 'namespace of the Envoy, in which short host names are resolved'),
    labelsFlag(),
    new Flag('--role <role>', 'role of the Envoy', {
      choices: ['sidecar', 'gateway'],
      without: 'by the prefix of the node.id, else sidecar',
    }),
    new Flag('--mesh <name.namespace>', 'its Mesh', { without: 'the one installed in its cluster' }),
    new Flag('--listen-address <ip>', 'address that its listeners bind to', {
      without: '127.0.0.1; for a gateway 0.0.0.0',
    }),
    new Flag('--listen-port-offset <number>', "added to every listener's port", { without: '0' }),
    new Flag('--interception <mode>', 'how connections reach the Envoy: none (its listeners) or redirect (iptables)', {
      choices: ['none', 'redirect'],
      without: 'none',
    }),
    new Flag(
      '--tcp-user-timeout <duration>',
      'close an upstream connection after data is not acknowledged for this long; 0: default of the system',
      {
        without: '5s',
      },
    ),
    new Flag('--xff-num-trusted-hops <number>', 'number of trusted proxies in front of a gateway', { without: '0' }),
    new Flag('--metadata <key=value...>', 'additional entry of node.metadata, such as TEAM=web; repeatable'),
  ];
}

export interface DescribedNode {
  /** Empty if no flag names a cluster. */
  readonly cluster: string;
  readonly locality: LocalityText;
  readonly labels: Readonly<Record<string, string>>;
  /** `node.metadata` as the control plane reads it. The other flags take precedence over `--metadata`. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** @throws CliError (usage) or MalformedInput for an invalid value. */
export function describedNode(values: NodeFlags): DescribedNode {
  const { cluster = '', locality = '' } = values;
  const labels = parseLabels(values.labels ?? '');
  return { cluster, locality: parseLocality(locality), labels, metadata: metadataOf(values, labels) };
}

/** The node in a query for what it gets. */
export function describedQuery({ cluster, labels, locality, metadata }: DescribedNode): Omit<SnapshotQuery, 'nodeId'> {
  // Entries that have their own field in the query are not repeated.
  const further = Object.entries(metadata).filter(
    ([key, value]) => typeof value !== 'object' && (key !== 'CLUSTER_ID' || cluster === ''),
  );
  return {
    ...locality,
    ...(cluster !== '' && { cluster }),
    labels,
    metadata: Object.fromEntries(further.map(([key, value]) => [key, String(value)])),
  };
}

function metadataOf(values: NodeFlags, labels: DescribedNode['labels']): Readonly<Record<string, unknown>> {
  const given = {
    CLUSTER_ID: values.cluster,
    NAMESPACE: values.namespace,
    ROLE: values.role,
    MESH: values.mesh,
    LABELS: Object.keys(labels).length > 0 ? labels : undefined,
    LISTEN_ADDRESS: checked('--listen-address', values.listenAddress, (entry, report) =>
      readAddress(entry, ENTRY, report),
    ),
    LISTEN_PORT_OFFSET: checked('--listen-port-offset', values.listenPortOffset, (entry, report) =>
      readInteger(entry, ENTRY, offsets, report),
    ),
    INTERCEPTION: values.interception?.toUpperCase(),
    TCP_USER_TIMEOUT: checked('--tcp-user-timeout', values.tcpUserTimeout, readUserTimeout),
    XFF_NUM_TRUSTED_HOPS: checked('--xff-num-trusted-hops', values.xffNumTrustedHops, (entry, report) =>
      readInteger(entry, ENTRY, trustedHops, report),
    ),
  };
  return {
    ...parsePairs(values.metadata ?? [], 'metadata entry'),
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
}

/** Reads a value as the control plane does. */
function checked<Value>(
  flag: string,
  text: string | undefined,
  read: (metadata: Readonly<Record<string, unknown>>, report: Report) => Value,
): Value | undefined {
  if (text === undefined) return undefined;
  return read({ [ENTRY]: text }, (_problem, rule) => {
    throw new CliError('usage', `${flag} ${text}: ${rule}.`);
  });
}

const ENTRY = 'TCP_USER_TIMEOUT';
