/** The connected Envoys as people ask about them. */
import type { Graph } from '../graph/index.js';
import type { Locality } from '../mesh/model/model.js';
import type { MeshModel } from '../mesh/tables.js';
import type { ClientStatus, TypeStatus } from '../xds/index.js';
import type { Proxy, ProxyType, SyncState } from './api.js';
import { nodeProblems, toClient } from './client.js';
import { typeUrls } from './resource-types.js';
import { meshOf } from './views.js';

/** Ordered by id. An Envoy with several streams shows as several proxies. */
export function toProxies(graph: Graph, model: MeshModel, clients: readonly ClientStatus[]): readonly Proxy[] {
  return clients
    .map(({ node, types }) => ({
      id: node.id,
      locality: formatLocality(node.locality),
      mesh: meshOf(graph, model, toClient(node)),
      ...withWarnings(nodeProblems(node)),
      types: Object.fromEntries(types.map((status) => [shortName(status.typeUrl), toProxyType(status)])),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

function withWarnings(warnings: readonly string[]): Pick<Proxy, 'warnings'> {
  return warnings.length === 0 ? {} : { warnings };
}

const shortNames: Readonly<Record<string, string>> = {
  [typeUrls.cluster]: 'CDS',
  [typeUrls.endpoint]: 'EDS',
  [typeUrls.listener]: 'LDS',
  [typeUrls.route]: 'RDS',
};

function shortName(typeUrl: string): string {
  return shortNames[typeUrl] ?? typeUrl.slice(typeUrl.lastIndexOf('.') + 1);
}

const states: Readonly<Record<TypeStatus['state'], SyncState>> = {
  SYNCED: 'SYNCED',
  NOT_SENT: 'NOT SENT',
  STALE: 'STALE',
  ERROR: 'NACK',
};

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
