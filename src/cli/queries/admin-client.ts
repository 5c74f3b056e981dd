/** A client for the HTTP API of a control plane. Each failure is a `CliError` that says what to do. */
import { writeExplainQuery } from '../../admin/queries/explain-query.js';
import { writeSnapshotQuery } from '../../admin/queries/snapshot-query.js';
import type {
  AddressQuery,
  ExplainQuery,
  ExplainResult,
  HeldSnapshot,
  HostnameAddress,
  Proxy,
  ProxyQuery,
  ResourceQuery,
  ResourceWithStatus,
  Snapshot,
  SnapshotQuery,
} from '../../control-plane/api/api.js';
import type { ServerFlags } from '../options/server-flags.js';
import { type AdminEndpoint, adminEndpoint, ask } from './admin-request.js';

/** Each method throws the errors of `ask`. */
export interface AdminClient {
  resources(query: ResourceQuery): Promise<readonly ResourceWithStatus[]>;
  proxies(query: ProxyQuery): Promise<readonly Proxy[]>;
  snapshot(query: SnapshotQuery): Promise<Snapshot>;
  /** Of a connected client. @throws CliError (failed) if no client has this id. */
  proxySnapshot(id: string): Promise<Snapshot>;
  /** What a connected client has acknowledged. @throws CliError (failed) if no client has this id. */
  heldSnapshot(id: string): Promise<HeldSnapshot>;
  /** @throws CliError (failed) if nothing serves the hostname, or the client cannot reach it. */
  explain(query: ExplainQuery): Promise<ExplainResult>;
  hostnames(): Promise<readonly string[]>;
  hostnameAddresses(query: AddressQuery): Promise<readonly HostnameAddress[]>;
}

/**
 * @param flags `server`: the admin address as a URL; without a scheme, `http`.
 * @param version of this program.
 * @throws CliError (usage) if the address is not a URL, or a file cannot be used.
 */
export function adminClient(flags: ServerFlags, version: string): AdminClient {
  const to = adminEndpoint(flags, version);
  return {
    resources: ({ kind, namespace, name }) => items(to, 'resources', { kind, namespace, name }),
    proxies: ({ id }) => items(to, 'proxies', { id }, isProxy),
    hostnames: () => items(to, 'hostnames', {}, (item) => typeof item === 'string'),
    hostnameAddresses: ({ cluster, mesh }) => items(to, 'hostname-addresses', { cluster, mesh }),
    explain: async (query) => {
      const parameters = writeExplainQuery(query).toString();
      const { content } = await ask(to, `api/v1/explain?${parameters}`);
      return content as unknown as ExplainResult;
    },
    snapshot: (query) => snapshot(to, writeSnapshotQuery(query)),
    proxySnapshot: (proxy) => snapshot(to, new URLSearchParams({ proxy })),
    heldSnapshot: (proxy) => snapshot<HeldSnapshot>(to, new URLSearchParams({ proxy, acked: 'true' })),
  };
}

async function items<Item>(
  server: AdminEndpoint,
  path: string,
  query: Readonly<Record<string, string | undefined>>,
  isItem: (item: unknown) => boolean = isObject,
): Promise<readonly Item[]> {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const parameters = new URLSearchParams(given).toString();
  const { content, foreign } = await ask(server, `api/v1/${path}${parameters === '' ? '' : `?${parameters}`}`);
  const { items: list } = content;
  if (!Array.isArray(list)) throw foreign('there are no items in its answer');
  if (list.every((item: unknown) => isItem(item))) return list as readonly Item[];
  throw foreign('its answer lacks fields');
}

async function snapshot<Answer extends Snapshot>(server: AdminEndpoint, parameters: URLSearchParams): Promise<Answer> {
  const { content, foreign } = await ask(server, `api/v1/snapshot?${parameters.toString()}`);
  if (!('listeners' in content) || !('findings' in content)) throw foreign('its answer lacks fields');
  return content as unknown as Answer;
}

/** Older servers send fewer fields. */
function isProxy(item: unknown): boolean {
  return isObject(item) && 'state' in item && 'findings' in item;
}

function isObject(item: unknown): item is object {
  return typeof item === 'object' && item !== null;
}
