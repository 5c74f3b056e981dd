/** The connected Envoys and gRPC clients, for the commands and the admin address. */
import { compareText } from '../../api/resource.js';
import type { Locality } from '../../mesh/model/model.js';
import type { ClientStatus, TypeStatus, XdsClient, XdsNode } from '../../xds/index.js';
import type { NodeFinding, Proxy, ProxyFindings, ProxyType, SyncState } from '../api/api.js';
import { type Client, toClient } from '../clients/client.js';
import { warning } from '../clients/node-findings.js';
import { typeUrls } from '../views/resource-types.js';

export interface ProxyContext {
  readonly meshOf: (client: Client) => string;
  readonly findingsOf: (node: XdsNode) => readonly NodeFinding[];
}

/** Ordered by id. A client with a separate stream for each type is one proxy. */
export function toProxies(clients: readonly ClientStatus[], context: ProxyContext, id?: string): readonly Proxy[] {
  const asked = id === undefined ? clients : clients.filter(({ node }) => node.id === id);
  const states = asked.map((client) => ({ ...client, typeUrls: client.types.map(({ typeUrl }) => typeUrl) }));
  return [...byNodeId(states).values()]
    .flatMap((group) => group.map((streams) => toProxy(streams, group, context)))
    .sort((a, b) => compareText(a.id, b.id) || compareText(a.connectedSince, b.connectedSince));
}

interface ClientState extends ClientStatus {
  readonly typeUrls: readonly string[];
}

/** The findings about all proxies, without their states: after each change, those of thousands are compared. */
export function findingsOfProxies(
  clients: readonly XdsClient[],
  findingsOf: ProxyContext['findingsOf'],
): readonly ProxyFindings[] {
  return [...byNodeId(clients)].flatMap(([id, group]) =>
    group.map(([{ node }]) => ({ id, findings: [...sharedIdFindings(group), ...findingsOf(node)] })),
  );
}

/** What tells streams of one client apart from those of another. */
type Connected = Pick<XdsClient, 'node' | 'peer' | 'aggregated' | 'typeUrls'>;

/** The streams of one client. The node of the first one identifies it. */
type Streams<Stream> = readonly [Stream, ...Stream[]];

/** By node.id, the streams of each client with this id. */
function byNodeId<Stream extends Connected>(
  clients: readonly Stream[],
): ReadonlyMap<string, readonly Streams<Stream>[]> {
  const groups = new Map<string, [Stream, ...Stream[]][]>();
  for (const client of clients) {
    const group = groups.get(client.node.id) ?? [];
    groups.set(client.node.id, group);
    const own = group.find((streams) => belongs(client, streams));
    if (own === undefined) group.push([client]);
    else own.push(client);
  }
  return groups;
}

/** Whether the stream belongs to the client with these streams: it has the same connection, or a type that none of them has. */
function belongs(stream: Connected, others: Streams<Connected>): boolean {
  if (others[0].peer === stream.peer) return true;
  if (stream.aggregated || others.some(({ aggregated }) => aggregated)) return false;
  const known = new Set(others.flatMap(({ typeUrls: urls }) => [...urls]));
  return [...stream.typeUrls].every((typeUrl) => !known.has(typeUrl));
}

function toProxy(
  streams: Streams<ClientState>,
  sharingId: readonly Streams<ClientState>[],
  { findingsOf, meshOf }: ProxyContext,
): Proxy {
  const [{ node, peer, principal, mode, types: ofFirst }] = streams;
  const types = streams.length === 1 ? ofFirst : streams.flatMap((stream) => stream.types);
  const client = toClient(node);
  const connectedAt = Math.min(...streams.map((stream) => stream.connectedAt));
  return {
    id: node.id,
    locality: formatLocality(node.locality),
    mesh: meshOf(client),
    cluster: client.cluster,
    address: peer,
    ...(principal !== undefined && { principal }),
    userAgent: `${node.userAgentName} ${node.userAgentVersion}`.trim(),
    incremental: mode === 'delta',
    connectedSince: new Date(connectedAt).toISOString(),
    ...summaryOf(types, connectedAt),
    findings: [...sharedIdFindings(sharingId), ...findingsOf(node)],
    types: Object.fromEntries(types.map((status) => [shortName(status.typeUrl), toProxyType(status)])),
  };
}

function sharedIdFindings(clients: readonly Streams<Connected>[]): readonly NodeFinding[] {
  if (clients.length < 2) return [];
  const from = clients.map(([{ peer }]) => peer).sort(compareText);
  const shown = `${from.slice(0, MOST_PEERS).join(', ')}${from.length > MOST_PEERS ? ', …' : ''}`;
  const message = `${String(from.length)} proxies are connected with this node.id, from ${shown}. Give each proxy its own (bootstrap --node-id). After a reconnect, the old connection may not have ended yet.`;
  return [warning('DuplicateNodeId', message)];
}

const MOST_PEERS = 4;

/** In decreasing severity. */
const SEVERITY: readonly SyncState[] = ['NACK', 'STALE', 'NOT SENT', 'SYNCED'];

/** The worst state of the types. It began when the first type got into it; SYNCED began when the last type did. */
function summaryOf(types: readonly TypeStatus[], connectedAt: number): Pick<Proxy, 'state' | 'since'> {
  const found = types.map(({ state }) => states[state]);
  const state = SEVERITY.find((candidate) => found.includes(candidate)) ?? 'NOT SENT';
  const times = types.filter((type) => states[type.state] === state).map(({ since }) => since);
  const at = times.length === 0 ? connectedAt : state === 'SYNCED' ? Math.max(...times) : Math.min(...times);
  return { state, since: new Date(at).toISOString() };
}

const shortNames: Readonly<Record<string, string>> = {
  [typeUrls.cluster]: 'CDS',
  [typeUrls.endpoint]: 'EDS',
  [typeUrls.listener]: 'LDS',
  [typeUrls.route]: 'RDS',
};

export function shortName(typeUrl: string): string {
  return shortNames[typeUrl] ?? typeUrl.slice(typeUrl.lastIndexOf('.') + 1);
}

const states: Readonly<Record<TypeStatus['state'], SyncState>> = {
  SYNCED: 'SYNCED',
  NOT_SENT: 'NOT SENT',
  STALE: 'STALE',
  ERROR: 'NACK',
};

export function toSyncState(state: TypeStatus['state']): SyncState {
  return states[state];
}

function toProxyType({ state, ackedVersion, error, since }: TypeStatus): ProxyType {
  return {
    version: ackedVersion ?? '',
    state: states[state],
    ...(error && { error: error.message }),
    since: new Date(since).toISOString(),
  };
}

function formatLocality({ region, zone, subZone }: Locality): string {
  return [region, zone, subZone].join('/').replace(/\/+$/, '');
}
