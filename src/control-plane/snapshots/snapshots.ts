/** The resources for a described Envoy, the resources for a connected client, and the resources that a connected client holds. */
import type { ClientStatus, XdsServer } from '../../xds/index.js';
import type { ControlPlaneApi, Snapshot, SnapshotQuery } from '../api/api.js';
import { didYouMean, suggest } from '../../api/suggest.js';
import type { Core } from '../inputs/core.js';
import { heldResources } from './held.js';
import { type ProxyContext, toProxies } from './proxies.js';
import { typeUrls } from '../views/resource-types.js';
import { snapshotFor, snapshotOf, toNode } from './snapshot.js';

type Snapshots = Pick<ControlPlaneApi, 'snapshotInSteps' | 'proxySnapshotInSteps' | 'heldSnapshot'>;

export function snapshots({ graph, model, envoy }: Core, xds: XdsServer, nodes: ProxyContext): Snapshots {
  function* describedSnapshot(query: SnapshotQuery): Generator<void, Snapshot> {
    const resources = yield* snapshotFor(graph, model, envoy, query);
    return { ...resources, findings: nodes.findingsOf(toNode(query)) };
  }
  function* connectedSnapshot(id: string): Generator<void, Snapshot | string> {
    const clients = xds.clients();
    const own = clients.filter(({ node }) => node.id === id);
    // If several clients have the id, the youngest connection is most likely the live one.
    const newest = own.at(-1);
    if (newest === undefined) return notConnected(id, clients);
    const resources = yield* snapshotOf(graph, model, envoy, newest.node, targetsOf(own));
    return { ...resources, findings: findingsOf(own, nodes) };
  }
  return {
    snapshotInSteps: describedSnapshot,
    proxySnapshotInSteps: connectedSnapshot,
    heldSnapshot: (id) => {
      const clients = xds.clients();
      const own = clients.filter(({ node }) => node.id === id);
      return own.length === 0
        ? notConnected(id, clients)
        : { ...heldResources(xds, id), findings: findingsOf(own, nodes) };
    },
  };
}

/** The names of a gRPC client's listeners are its targets. */
function targetsOf(streams: readonly ClientStatus[]): readonly string[] {
  const listeners = streams.flatMap(({ types }) => types.filter(({ typeUrl }) => typeUrl === typeUrls.listener));
  return [...new Set(listeners.flatMap(({ names }) => [...names]))];
}

function findingsOf(streams: readonly ClientStatus[], nodes: ProxyContext): Snapshot['findings'] {
  return toProxies(streams, nodes).at(-1)?.findings ?? [];
}

function notConnected(id: string, clients: readonly ClientStatus[]): string {
  const ids = new Set(clients.map(({ node }) => node.id));
  return `No proxy with the id "${id}" is connected.${didYouMean(suggest(id, ids))}`;
}
