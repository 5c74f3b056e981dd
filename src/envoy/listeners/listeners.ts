/** Tables of encoded listeners. An HTTP listener is the same for all clients. Other listeners name upstreams, which depend on the client. */
import type { ListenerScope } from '../rows/client-scope.js';
import type { EncodedMessage } from '../rows/encoded-message.js';
import type { ListenerPlace } from '../rows/listener-place.js';
import type { Graph, Read, Table } from '../../graph/index.js';
import { failoverHostnames, hostnamesOf, inOrderOfNames, isExportedTo } from '../../mesh/discovery/hosts.js';
import { addressIn } from '../../mesh/discovery/external/own-hostname.js';
import { isIpAddress } from '../../mesh/model/address.js';
import type { PortUse, SoleHost } from '../../mesh/model/port-sharing.js';
import type { MeshModel } from '../../mesh/tables.js';
import { distinctNames } from '../rows/distinct-names.js';
import { encodeGuarded } from '../rows/guarded.js';
import { interceptionListener, INTERCEPTION_LISTENER_NAME, INTERCEPTION_PORT } from './interception.js';
import {
  type AddressedUpstream,
  type ListenerContent,
  type TlsUpstream,
  canListen,
  listenerName,
  toListener,
} from './listener.js';
import { type TcpTarget, type TcpUpstream, connectAttemptsOf } from './tcp-proxy.js';
import {
  type ClusterKey,
  parseCluster,
  destinationOfCluster,
  isFailoverCluster,
} from '../../mesh/model/cluster-key.js';
import { audienceKey, portUseKey } from '../../mesh/offers/visibility-key.js';
import { routeKey } from '../../mesh/offers/route-key.js';
import { NO_SOURCES } from '../../mesh/policies/selection/source-selectors.js';
import { type ListenerKey, parseListener } from './listener-key.js';

export function declareListeners(graph: Graph, model: MeshModel): Table<ListenerKey, EncodedMessage> {
  return graph.derive<ListenerKey, EncodedMessage>('encodedListeners', (read, key) => {
    const { scope, place, port } = parseListener(key);
    if (port === undefined) return encodeInterception(place);
    const content = scope === undefined ? httpOnly(place) : contentFor(read, scope, place, port, model);
    if (content === undefined || !canListen(place, port)) return undefined;
    const clusters = [
      ...new Set(upstreamsOf(content).flatMap(({ targets }) => targets.map(({ cluster }) => cluster))),
    ].sort();
    const listener = toListener(place, port, content);
    return {
      name: listenerName(place, port),
      ...encodeGuarded('envoy.config.listener.v3.Listener', listener),
      clusters,
    };
  });
}

function encodeInterception(place: ListenerPlace): EncodedMessage | undefined {
  if (!canListen({ ...place, interception: 'NONE' }, INTERCEPTION_PORT)) return undefined;
  return {
    name: INTERCEPTION_LISTENER_NAME,
    ...encodeGuarded('envoy.config.listener.v3.Listener', interceptionListener(place)),
  };
}

function httpOnly({ interception }: ListenerPlace): ListenerContent {
  const shared = { http: true, tls: [] };
  return interception === 'REDIRECT'
    ? { type: 'intercepted', ...shared, addressed: [] }
    : { type: 'shared', ...shared };
}

/** `undefined` if the port has no host for the client: Envoy rejects a listener without filter chains. */
function contentFor(
  read: Read,
  { mesh, role, cluster, namespace }: ListenerScope,
  { interception }: ListenerPlace,
  port: number,
  model: MeshModel,
): ListenerContent | undefined {
  const use = read(model.visibility.portUses, portUseKey(audienceKey(mesh, role), port));
  if (use === undefined) return undefined;
  return interception === 'REDIRECT'
    ? interceptedContent(read, use, { cluster, namespace }, model)
    : ownContent(read, use, { cluster, namespace }, model);
}

function ownContent(
  read: Read,
  use: PortUse,
  { cluster, namespace }: NameScope,
  model: MeshModel,
): ListenerContent | undefined {
  const sole = bestFor(read, use.sole, { cluster, namespace }, model);
  if (sole !== undefined)
    return {
      type: 'sole',
      protocol: sole.protocol === 'MONGO' ? 'MONGO' : 'TCP',
      upstream: toUpstream(read, sole.cluster, model),
    };
  const tls = toTlsUpstreams(read, use.tls, { cluster, namespace }, model);
  const http = use.http.length > 0;
  return http || tls.length > 0 ? { type: 'shared', http, tls } : undefined;
}

function upstreamsOf(content: ListenerContent): readonly TcpUpstream[] {
  if (content.type === 'sole') return [content.upstream];
  return content.type === 'shared' ? content.tls : [...content.tls, ...content.addressed];
}

/** Hosts that only their address distinguishes get a chain for it. Connections to hosts without a known address pass through. */
function interceptedContent(
  read: Read,
  use: PortUse,
  client: NameScope,
  model: MeshModel,
): ListenerContent | undefined {
  const take = distinctNames();
  const addressed = use.addressed.flatMap(({ cluster, protocol }): readonly AddressedUpstream[] => {
    const addresses = take(addressesFor(read, cluster, client, model));
    return addresses.length === 0
      ? []
      : [{ ...toUpstream(read, cluster, model), protocol: protocol === 'MONGO' ? 'MONGO' : 'TCP', addresses }];
  });
  const tls = toTlsUpstreams(read, use.tls, client, model);
  const http = use.http.length > 0;
  return http || tls.length + addressed.length > 0 ? { type: 'intercepted', http, tls, addressed } : undefined;
}

/** Addresses of a service are valid in its own cluster only. */
function addressesFor(
  read: Read,
  key: ClusterKey,
  client: NameScope,
  { destinations, failovers }: MeshModel,
): readonly string[] {
  const [kind, of] = parseCluster(key);
  if (kind === 'failover') {
    const address = read(failovers.addresses, of);
    return address === undefined ? [] : [address];
  }
  if (!isUsable(read, key, client, destinations)) return [];
  const { service, addresses = [], hosts = [] } = read(destinations.destinations, of) ?? {};
  if (service === undefined) return hosts.flatMap((host) => addressIn(host) ?? []);
  return service.cluster === '' || service.cluster === client.cluster ? addresses : [];
}

interface NameScope {
  readonly cluster: string;
  readonly namespace: string;
}

/** Among several services that need a port of their own: one of the client's cluster, preferably of its namespace, else the first. */
function bestFor(
  read: Read,
  hosts: readonly SoleHost[],
  client: NameScope,
  { destinations }: MeshModel,
): SoleHost | undefined {
  const usable = hosts.filter(({ cluster: key }) => isUsable(read, key, client, destinations));
  const nearness = ({ cluster: key }: SoleHost): number => {
    const of = destinationOfCluster(key);
    const service = of && read(destinations.destinations, of)?.service;
    if (service === undefined || (service.cluster !== '' && service.cluster !== client.cluster)) return 0;
    return service.namespace === client.namespace ? 2 : 1;
  };
  const [first, ...others] = usable;
  if (first === undefined || others.length === 0) return first;
  return others.reduce((best, host) => (nearness(host) > nearness(best) ? host : best), first);
}

/** Whether the client may call the host; external services can limit their clients. */
function isUsable(
  read: Read,
  cluster: ClusterKey,
  client: NameScope,
  { destinations }: MeshModel['destinations'],
): boolean {
  const of = destinationOfCluster(cluster);
  const destination = of && read(destinations, of);
  return destination === undefined || isExportedTo(destination, client);
}

/** Envoy rejects a listener with the same server name in two filter chains, so only the first one keeps it. */
function toTlsUpstreams(
  read: Read,
  keys: readonly ClusterKey[],
  client: NameScope,
  model: MeshModel,
): readonly TlsUpstream[] {
  const take = distinctNames();
  return inOrderOfNames(read, keys, model.destinations).flatMap((key): readonly TlsUpstream[] => {
    const serverNames = take(namesOf(read, key, client, model)).filter(isServerName);
    // The final dot of a hostname does not belong into SNI, but some clients send it.
    return serverNames.length === 0
      ? []
      : [{ ...toUpstream(read, key, model), serverNames: [...serverNames, ...serverNames.map((name) => `${name}.`)] }];
  });
}

function namesOf(
  read: Read,
  key: ClusterKey,
  client: NameScope,
  { destinations, failovers }: MeshModel,
): readonly string[] {
  const [kind, of, , subset] = parseCluster(key);
  if (kind === 'failover') return failoverHostnames(read(failovers.failovers, of)?.hosts ?? [], client);
  const destination = read(destinations.destinations, of);
  return destination === undefined ? [] : hostnamesOf(destination, client, subset);
}

/** Envoy accepts a wildcard only in place of whole leading labels. Addresses are no server names. */
function isServerName(name: string): boolean {
  return !isIpAddress(name) && /^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name);
}

/** Connections go to the targets of requests that meet no matcher and no source selector. A target without weight gets none. */
function toUpstream(read: Read, key: ClusterKey, model: MeshModel): TcpUpstream {
  const routed =
    read(model.routes.routes, routeKey(key, NO_SOURCES))
      ?.at(-1)
      ?.targets.filter(({ weight }) => weight > 0) ?? [];
  const targets = routed.length > 0 ? routed : [{ cluster: key, weight: 1 }];
  const clusterName = (target: ClusterKey): string => read(model.clusters.clusters, target)?.name ?? '';
  return {
    name: clusterName(key),
    targets: targets.map(({ cluster, weight }): TcpTarget => ({ cluster: clusterName(cluster), weight })),
    connectAttempts: connectAttemptsOf(targets.some(({ cluster }) => isFailoverCluster(cluster))),
  };
}
