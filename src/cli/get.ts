/** `lifeboat get [KIND[/NAME]]`: resources with their statuses, as kubectl shows them. */
import { findKind, kindNames, kindWords, shortNamesOf } from '../api/kinds.js';
import { didYouMean, suggest } from '../api/suggest.js';
import type { ResourceQuery, ResourceWithStatus } from '../control-plane/api/api.js';
import { type AdminClient, adminClient } from './queries/admin-client.js';
import { CliError, EXIT } from './output/cli-error.js';
import { addCommand, type Cli, type Invocation } from './command/command.js';
import { Flag } from './options/flag.js';
import { toJson, toYaml } from './output/output.js';
import { clusterOf, headsOf, rowOf } from './output/resource-rows.js';
import { outputFlag, watchFlag } from './options/shared-flags.js';
import { type ServerFlags, serverFlags } from './options/server-flags.js';
import { TablePrinter, toTable } from './output/table.js';
import { write } from './output/terminal.js';
import { pollChanges } from './queries/poll-changes.js';

interface GetFlags extends ServerFlags {
  readonly namespace?: string;
  readonly output: 'table' | 'wide' | 'json' | 'yaml';
  readonly watch?: boolean;
}

export function addGet(cli: Cli): void {
  addCommand<GetFlags>(cli, {
    name: 'get',
    description: 'Show resources with their status, including the Destinations that are discovered from Services.',
    operands: [
      [
        '[kind]',
        `KIND or KIND/NAME; upper or lower case, singular, plural or short name (${shortNames()}); all kinds if absent`,
      ],
      ['[name]', 'NAME, if not given as KIND/NAME'],
    ],
    examples: [
      'lifeboat get failoverservices -n bookinfo',
      'lifeboat get fos/reviews-failover -n service-mesh-hub -o yaml',
      'lifeboat get vd -o wide --watch',
    ],
    flags: [
      new Flag('-n, --namespace <name>', 'only resources in this namespace', { without: 'all namespaces' }),
      outputFlag(['table', 'wide', 'json', 'yaml'], 'table'),
      watchFlag(),
      ...serverFlags(),
    ],
    run: get,
  });
}

/** `dest fop fos …`. */
function shortNames(): string {
  return kindNames
    .flatMap((kind) => shortNamesOf(kind))
    .sort()
    .join(' ');
}

async function get(invocation: Invocation<GetFlags>) {
  const { operands, ports, terminal, values } = invocation;
  const query = queryOf(operands, values.namespace);
  const client = adminClient(values, ports.version);
  if (values.watch === true) return watchResources(invocation, client, query);
  const resources = await client.resources(query);
  if (resources.length === 0) await requireFound(client, query);
  if (resources.length === 0 && isTable(values.output)) {
    await write(terminal.stderr, `No resources found${inNamespace(query)}.\n`);
    return EXIT.fine;
  }
  await write(terminal.stdout, format(resources, query, values.output));
  return EXIT.fine;
}

function isTable(output: GetFlags['output']): boolean {
  return output === 'table' || output === 'wide';
}

/** Distinguishes a misspelled kind, name or namespace from one without resources. */
async function requireFound(client: AdminClient, query: ResourceQuery): Promise<void> {
  const { kind, name, namespace } = query;
  if (kind !== undefined) await requireKind(client, kind);
  if (name === undefined && namespace === undefined) return;
  const others = await client.resources(kind === undefined ? {} : { kind });
  if (name !== undefined) throw new CliError('failed', `${notFound(query)}${elsewhere(others, name, namespace)}`);
  const namespaces = new Set(others.map(({ metadata }) => metadata.namespace ?? ''));
  const meant = namespace === undefined ? undefined : suggest(namespace, namespaces);
  if (meant !== undefined) throw new CliError('failed', `No resources found${inNamespace(query)}.${didYouMean(meant)}`);
}

/** An unsupported kind may still be the kind of a document. */
async function requireKind(client: AdminClient, kind: string): Promise<void> {
  if (findKind(kind) !== undefined) return;
  const all = await client.resources({});
  const words = [...kindWords(), ...new Set(all.map((resource) => resource.kind))];
  const meant = suggest(kind, words);
  const hint = meant === undefined ? ` Available: ${kindNames.join(', ')}.` : didYouMean(meant);
  throw new CliError('usage', `There is no kind "${kind}".${hint}`);
}

/** A hint: the namespaces with a resource of this name, or the most similar name. */
function elsewhere(others: readonly ResourceWithStatus[], name: string, namespace: string | undefined): string {
  const namesakes = others.filter(({ metadata }) => metadata.name === name && metadata.namespace !== namespace);
  const namespaces = [...new Set(namesakes.flatMap(({ metadata }) => metadata.namespace ?? []))];
  if (namespaces.length > 0) return ` It is in namespace ${namespaces.join(', ')}.`;
  return didYouMean(suggest(name, new Set(others.map(({ metadata }) => metadata.name))));
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
  if (isTable(output))
    return toTable(
      headsOf(output),
      resources.map((resource) => rowOf(output)(resource)),
    );
  const items = resources.map(inOrder);
  const [first] = items;
  const isOne = query.name !== undefined && resources.length === 1;
  const value = isOne ? first : { apiVersion: 'v1', kind: 'List', items };
  return output === 'json' ? toJson(value) : toYaml(value);
}

async function watchResources({ terminal, values }: Invocation<GetFlags>, client: AdminClient, query: ResourceQuery) {
  const { output } = values;
  if (query.kind !== undefined) await requireKind(client, query.kind);
  const printer = new TablePrinter(headsOf(output));
  const portion = (changed: readonly ResourceWithStatus[], gone: readonly ResourceWithStatus[]): string => {
    if (isTable(output)) return printer.print([...changed.map(rowOf(output)), ...gone.map(deleted).map(rowOf(output))]);
    const documents = [...changed, ...gone.map((resource) => deletedAt(resource, terminal.now()))].map(inOrder);
    return documents.map((document) => (output === 'json' ? toJson(document) : `---\n${toYaml(document)}`)).join('');
  };
  return pollChanges(terminal, {
    ask: () => client.resources(query),
    keyOf: ({ kind, metadata }) => JSON.stringify([kind, metadata.namespace, metadata.name, clusterOf(metadata)]),
    tell: (changed, gone) => write(terminal.stdout, portion(changed, gone)),
  });
}

/** The last known version with the state DELETED, which no existing resource has. */
function deleted(resource: ResourceWithStatus): ResourceWithStatus {
  return { ...resource, status: { state: 'DELETED' } };
}

/** The last known version with a deletion timestamp, as in Kubernetes. */
function deletedAt(resource: ResourceWithStatus, now: number): ResourceWithStatus {
  return { ...resource, metadata: { ...resource.metadata, deletionTimestamp: new Date(now).toISOString() } };
}

/** With the fields in the order of kubectl. */
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

function notFound(query: ResourceQuery): string {
  return `${query.kind} "${query.name}" not found${inNamespace(query)}.`;
}

function inNamespace({ namespace }: ResourceQuery): string {
  return namespace === undefined ? '' : ` in namespace ${namespace}`;
}
