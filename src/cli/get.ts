/** `lifeboat get [KIND[/NAME]]`: resources with their statuses, as kubectl shows them. */
import { kindNames } from '../api/kinds.js';
import { didYouMean, suggest } from '../api/suggest.js';
import type { ResourceQuery, ResourceWithStatus } from '../control-plane/api.js';
import { matches } from '../control-plane/query.js';
import { adminClient } from './admin-client.js';
import { CliError, EXIT } from './cli-error.js';
import { addCommand, type Cli, type Invocation } from './command.js';
import { Flag } from './flag.js';
import { toJson, toTable, toYaml } from './output.js';
import { outputFlag, serverFlag } from './shared-flags.js';
import { write } from './terminal.js';

interface GetFlags {
  readonly namespace?: string;
  readonly output: 'table' | 'json' | 'yaml';
  readonly server: string;
}

export function addGet(cli: Cli): void {
  addCommand<GetFlags>(cli, {
    name: 'get',
    description: 'Show resources with their status, as the control plane sees them.',
    operands: [
      ['[kind]', 'KIND or KIND/NAME, in any case, singular or plural; all kinds when absent'],
      ['[name]', 'NAME, when not given with the kind'],
    ],
    flags: [
      new Flag('-n, --namespace <name>', 'only resources of this namespace', { without: 'all namespaces' }),
      outputFlag(['table', 'json', 'yaml'], 'table'),
      serverFlag(),
    ],
    run: get,
  });
}

async function get({ operands, terminal, values }: Invocation<GetFlags>) {
  const query = queryOf(operands, values.namespace);
  const resources = await adminClient(values.server).resources(query);
  if (resources.length === 0) requireKind(query.kind);
  if (resources.length === 0 && query.name !== undefined) throw new CliError('failed', notFound(query));
  if (resources.length === 0 && values.output === 'table') {
    await write(terminal.stderr, `No resources found${inNamespace(query)}.\n`);
    return EXIT.fine;
  }
  await write(terminal.stdout, format(resources, query, values.output));
  return EXIT.fine;
}

/** A misspelt kind would otherwise look like one of which there is nothing. */
function requireKind(kind: string | undefined): void {
  if (kind === undefined || kindNames.some((known) => matches({ kind: known, namespace: '', name: '' }, { kind })))
    return;
  throw new CliError('usage', `There is no kind "${kind}".${didYouMean(suggest(kind, kindNames))}`);
}

function queryOf([kindText, nameText]: readonly string[], namespace: string | undefined): ResourceQuery {
  const [kind, inlineName, ...rest] = kindText?.split('/') ?? [];
  const name = inlineName ?? nameText;
  if (rest.length > 0 || kind === '' || name === '' || (inlineName !== undefined && nameText !== undefined)) {
    throw new CliError('usage', `Invalid resource "${kindText}": must be KIND, KIND/NAME or KIND NAME.`);
  }
  return {
    ...(kind !== undefined && { kind }),
    ...(name !== undefined && { name }),
    ...(namespace !== undefined && { namespace }),
  };
}

function format(resources: readonly ResourceWithStatus[], query: ResourceQuery, output: GetFlags['output']): string {
  if (output === 'table')
    return toTable(['KIND', 'NAMESPACE', 'NAME', 'STATE', 'GENERATION', 'MESSAGE'], resources.map(row));
  const items = resources.map(inOrder);
  const [first] = items;
  const isOne = query.name !== undefined && resources.length === 1;
  const value = isOne ? first : { apiVersion: 'v1', kind: 'List', items };
  return output === 'json' ? toJson(value) : toYaml(value);
}

/** In the order in which Kubernetes shows fields. */
function inOrder({ apiVersion, kind, metadata, spec, status, ...rest }: ResourceWithStatus): object {
  return {
    apiVersion,
    kind,
    metadata,
    ...rest,
    ...(spec !== undefined && { spec }),
    ...(status !== undefined && { status }),
  };
}

function row({ kind, metadata, status }: ResourceWithStatus): readonly string[] {
  const generation = metadata['generation'];
  return [kind, metadata.namespace ?? '', metadata.name, stateOf(status), text(generation), messageOf(status)];
}

function stateOf(status: ResourceWithStatus['status']): string {
  return text(status?.['state'] ?? record(status?.['common'])['state']);
}

/** The first error and how many more there are. */
function messageOf(status: ResourceWithStatus['status']): string {
  const errors = [...texts(status?.['errors']), ...texts(record(status?.['common'])['errors'])];
  const distinct = [...new Set([...errors, ...nestedErrors(status)])];
  const more = distinct.length > 1 ? ` (+${distinct.length - 1} more)` : '';
  return `${distinct[0] ?? ''}${more}`;
}

/** Errors that stand with one mesh or one destination. */
function nestedErrors(status: ResourceWithStatus['status']): readonly string[] {
  const maps = [status?.['meshes'], status?.['trafficTargets'], status?.['destinations']].map(record);
  return maps.flatMap((map) => Object.values(map)).flatMap((entry) => texts(record(entry)['errors']));
}

function notFound(query: ResourceQuery): string {
  return `${query.kind} "${query.name}" not found${inNamespace(query)}.`;
}

function inNamespace({ namespace }: ResourceQuery): string {
  return namespace === undefined ? '' : ` in namespace ${namespace}`;
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
