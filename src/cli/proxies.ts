/** `lifeboat proxies [ID]`: the connected clients, and whether they accepted what was sent. */
import type { NodeFinding, Proxy, SyncState } from '../control-plane/api/api.js';
import { didYouMean, suggest } from '../api/suggest.js';
import { type AdminClient, adminClient } from './queries/admin-client.js';
import { CliError, EXIT } from './output/cli-error.js';
import { addCommand, type Cli, type Invocation } from './command/command.js';
import { formatAgo, oneLine, toJson, toYaml } from './output/output.js';
import { outputFlag, watchFlag } from './options/shared-flags.js';
import { type ServerFlags, serverFlags } from './options/server-flags.js';
import { type Row, TablePrinter, toTable } from './output/table.js';
import { write } from './output/terminal.js';
import { pollChanges } from './queries/poll-changes.js';

interface ProxiesFlags extends ServerFlags {
  readonly output: 'table' | 'wide' | 'json' | 'yaml';
  readonly watch?: boolean;
}

export function addProxies(cli: Cli): void {
  addCommand<ProxiesFlags>(cli, {
    name: 'proxies',
    description:
      'Show the connected Envoys and gRPC clients with their state (SYNCED, NOT SENT, STALE or NACK) and findings. With ID, show all details of one.',
    operands: [['[id]', 'node.id of a client']],
    examples: ['lifeboat proxies', 'lifeboat proxies productpage-1', 'lifeboat proxies -o wide --watch'],
    flags: [outputFlag(['table', 'wide', 'json', 'yaml'], 'table'), watchFlag(), ...serverFlags()],
    run: proxies,
  });
}

async function proxies(invocation: Invocation<ProxiesFlags>) {
  const { operands, ports, terminal, values } = invocation;
  const client = adminClient(values, ports.version);
  const [id] = operands;
  if (values.watch === true) return watchProxies(invocation, client, id);
  const items = await client.proxies(id === undefined ? {} : { id });
  if (id !== undefined && items.length === 0) throw new CliError('failed', await notConnected(client, id));
  if (items.length === 0 && (values.output === 'table' || values.output === 'wide')) {
    await write(terminal.stderr, 'No Envoys are connected.\n');
    return EXIT.fine;
  }
  await write(terminal.stdout, format(items, values.output, id !== undefined, terminal.now()));
  return EXIT.fine;
}

async function notConnected(client: AdminClient, id: string): Promise<string> {
  const ids = new Set((await client.proxies({})).map((proxy) => proxy.id));
  return `No proxy with the id "${oneLine(id)}" is connected.${didYouMean(suggest(id, ids))}`;
}

function format(items: readonly Proxy[], output: ProxiesFlags['output'], isOne: boolean, now: number): string {
  switch (output) {
    case 'json':
      return toJson({ items });
    case 'yaml':
      return toYaml({ items });
    case 'wide':
      return toTable(
        WIDE_HEADS,
        items.map((proxy) => wideRow(proxy, proxy.state, now)),
      );
    case 'table':
      return isOne
        ? items.map((proxy) => describe(proxy, now)).join('\n')
        : toTable(
            HEADS,
            items.map((proxy) => row(proxy, proxy.state, now)),
          );
  }
}

const HEADS = ['ID', 'LOCALITY', 'MESH', 'STATE', 'SINCE', 'FINDINGS'];
const WIDE_HEADS = [...HEADS, 'CLUSTER', 'ADDRESS', 'USER-AGENT', 'PROTOCOL', 'CONNECTED'];

/** One line for each proxy, so that lines can be filtered and counted. */
function row(proxy: Proxy, state: string, now: number): Row {
  const { id, locality, mesh, since, findings, types } = proxy;
  return [id, locality, mesh, `${state}${concerned(types, state)}`, formatAgo(since, now), codesOf(findings)];
}

function wideRow(proxy: Proxy, state: string, now: number): Row {
  const { cluster, address, userAgent, connectedSince } = proxy;
  return [...row(proxy, state, now), cluster, address, userAgent, protocolOf(proxy), formatAgo(connectedSince, now)];
}

/** The types with the given state: `NACK(LDS,RDS)`. Empty for SYNCED. */
function concerned(types: Proxy['types'], state: string): string {
  const names = Object.entries(types).flatMap(([name, type]) => (type.state === state ? [name] : []));
  return state === 'SYNCED' || names.length === 0 ? '' : `(${names.join(',')})`;
}

function codesOf(findings: readonly NodeFinding[]): string {
  return [...new Set(findings.map(({ code }) => code))].join(',');
}

function protocolOf({ incremental }: Proxy): string {
  return incremental ? 'incremental' : 'state of the world';
}

function describe(proxy: Proxy, now: number): string {
  const facts = [
    ['ID', proxy.id],
    ['Locality', proxy.locality],
    ['Cluster', proxy.cluster],
    ['Mesh', proxy.mesh],
    ['Address', proxy.address],
    ...(proxy.principal === undefined ? [] : [['Principal', proxy.principal]]),
    ['User agent', proxy.userAgent],
    ['Protocol', protocolOf(proxy)],
    ['Connected', formatAgo(proxy.connectedSince, now)],
    ['State', proxy.state],
  ].map(([name = '', value = '']) => `${`${name}:`.padEnd(13)}${value === '' ? '-' : oneLine(value)}\n`);
  const findings = proxy.findings.map(({ severity, code, message }) => `  ${severity} ${code} ${oneLine(message)}\n`);
  const types = Object.entries(proxy.types).map(([type, { version, state, since, error }]) => [
    ...[type, version, state, formatAgo(since, now), error ?? ''],
  ]);
  const table = types.length === 0 ? '' : `\n${toTable(['TYPE', 'VERSION', 'STATE', 'SINCE', 'REASON'], types)}`;
  return `${facts.join('')}${findings.length === 0 ? '' : `Findings:\n${findings.join('')}`}${table}`;
}

async function watchProxies(
  { terminal, values }: Invocation<ProxiesFlags>,
  client: AdminClient,
  id: string | undefined,
) {
  const isWide = values.output === 'wide';
  const printer = new TablePrinter(isWide ? WIDE_HEADS : HEADS);
  const rowOf = isWide ? wideRow : row;
  const portion = (changed: readonly Proxy[], gone: readonly Proxy[]): string => {
    if (values.output === 'json') return [...changed, ...gone.map(disconnected)].map(toJson).join('');
    if (values.output === 'yaml')
      return [...changed, ...gone.map(disconnected)].map((item) => `---\n${toYaml(item)}`).join('');
    const now = terminal.now();
    return printer.print([
      ...changed.map((proxy) => rowOf(proxy, proxy.state, now)),
      ...gone.map((proxy) => rowOf(proxy, 'DISCONNECTED', now)),
    ]);
  };
  return pollChanges(terminal, {
    ask: () => client.proxies(id === undefined ? {} : { id }),
    keyOf: ({ id: node, address }) => JSON.stringify([node, address]),
    tell: (changed, gone) => write(terminal.stdout, portion(changed, gone)),
  });
}

/** The last known document of a proxy that has disconnected. */
function disconnected(proxy: Proxy): Omit<Proxy, 'state'> & { readonly state: SyncState | 'DISCONNECTED' } {
  return { ...proxy, state: 'DISCONNECTED' };
}
