/** Resources as rows of a table, as kubectl prints them: name, state, first error. */
import { CLUSTER_ANNOTATION } from '../../api/resource.js';
import type { ResourceWithStatus } from '../../control-plane/api/api.js';

const HEADS = ['KIND', 'NAMESPACE', 'NAME', 'STATE', 'GENERATION', 'MESSAGE'];
const WIDE_HEADS = [
  'KIND',
  'NAMESPACE',
  'NAME',
  'STATE',
  'GENERATION',
  'CLUSTER',
  'HOSTS',
  'PORTS',
  'API-VERSION',
  'MESSAGE',
];

/** The column heads of a table. */
export function headsOf(output: string): readonly string[] {
  return output === 'wide' ? WIDE_HEADS : HEADS;
}

export function rowOf(output: string): (resource: ResourceWithStatus) => readonly string[] {
  return output === 'wide' ? wideRow : row;
}

function row({ kind, metadata, status }: ResourceWithStatus): readonly string[] {
  return [
    kind,
    metadata.namespace ?? '',
    metadata.name,
    stateOf(status),
    text(metadata['generation']),
    messageOf(status),
  ];
}

/** The message is last, because a terminal cuts off the end of a long line. */
function wideRow(resource: ResourceWithStatus): readonly string[] {
  const { apiVersion, metadata, spec } = resource;
  const [kind = '', namespace = '', name = '', state = '', generation = '', message = ''] = row(resource);
  return [
    kind,
    namespace,
    name,
    state,
    generation,
    clusterOf(metadata, spec),
    hostsOf(spec),
    portsOf(spec),
    apiVersion,
    message,
  ];
}

/** The cluster of a resource; empty if it names none. */
export function clusterOf(metadata: ResourceWithStatus['metadata'], spec?: unknown): string {
  const annotated = text(record(metadata['annotations'])[CLUSTER_ANNOTATION]);
  return annotated === '' ? text(record(record(record(spec)['kubeService'])['ref'])['clusterName']) : annotated;
}

/** The hostnames of a failover destination or of an external service. */
function hostsOf(spec: unknown): string {
  const { hostname, hosts, externalService } = record(spec);
  return [text(hostname), ...texts(hosts), ...texts(record(externalService)['hosts'])]
    .filter((host) => host !== '')
    .join(',');
}

/** The ports of a failover destination or of a service: `9080/http`. */
function portsOf(spec: unknown): string {
  const { port, ports, kubeService, externalService } = record(spec);
  const lists = [
    port === undefined ? [] : [port],
    ports,
    record(kubeService)['ports'],
    record(externalService)['ports'],
  ];
  return lists
    .flatMap((list): readonly unknown[] => (Array.isArray(list) ? list : []))
    .map(record)
    .map(
      ({ number, port: own, protocol }) =>
        `${text(number ?? own)}${text(protocol) === '' ? '' : `/${text(protocol).toLowerCase()}`}`,
    )
    .join(',');
}

function stateOf(status: ResourceWithStatus['status']): string {
  return text(status?.['state'] ?? record(status?.['common'])['state']);
}

/** The first error and the number of further ones. */
function messageOf(status: ResourceWithStatus['status']): string {
  const errors = [...texts(status?.['errors']), ...texts(record(status?.['common'])['errors'])];
  const distinct = [...new Set([...errors, ...nestedErrors(status)])];
  const more = distinct.length > 1 ? ` (+${distinct.length - 1} more)` : '';
  return `${distinct[0] ?? ''}${more}`;
}

/** The errors of single meshes or destinations. */
function nestedErrors(status: ResourceWithStatus['status']): readonly string[] {
  const maps = [status?.['meshes'], status?.['trafficTargets'], status?.['destinations']].map(record);
  return maps.flatMap((map) => Object.values(map)).flatMap((entry) => texts(record(entry)['errors']));
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(text) : [];
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
