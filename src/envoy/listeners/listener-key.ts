/** Keys of listeners: their place, and the properties of the client that their content depends on. */
import { type Key, pairCodec, partsCodec } from '../../graph/index.js';
import type { MeshKey } from '../../mesh/model/object-key.js';
import type { PortUse } from '../../mesh/model/port-sharing.js';
import type { Role } from '../../mesh/offers/visibility-key.js';
import type { ListenerScope } from '../rows/client-scope.js';
import { INTERCEPTION_LISTENER_NAME } from './interception.js';
import type { ListenerPlace } from '../rows/listener-place.js';

export type ListenerKey = Key<'listener'>;

/** The text of a `ListenerScope`. */
export type ListenerScopeKey = Key<'listener scope'>;

const SCOPE = partsCodec<ListenerScopeKey, readonly [mesh: MeshKey, role: Role, cluster: string, namespace: string]>(4);

export function formatListenerScope({ mesh, role, cluster, namespace }: ListenerScope): ListenerScopeKey {
  return SCOPE.format(mesh, role, cluster, namespace);
}

export function parseListenerScope(key: ListenerScopeKey): ListenerScope {
  const [mesh, role, cluster, namespace] = SCOPE.parse(key);
  return { mesh, role, cluster, namespace };
}

/** The text of a `ListenerPlace`. */
export type PlaceKey = Key<'listener place'>;

type PlaceParts = readonly [
  address: string,
  portOffset: string,
  interception: ListenerPlace['interception'],
  trustedHops: string,
];

const PLACE = partsCodec<PlaceKey, PlaceParts>(4);

export function formatPlace({ address, portOffset, interception, trustedHops }: ListenerPlace): PlaceKey {
  return PLACE.format(address, String(portOffset), interception, trustedHops === undefined ? '' : String(trustedHops));
}

/** The inverse of `formatPlace`. */
export function parsePlace(key: PlaceKey): ListenerPlace {
  const [address, offset, interception, hops] = PLACE.parse(key);
  const place = { address, portOffset: Number(offset), interception };
  return hops === '' ? place : { ...place, trustedHops: Number(hops) };
}

type PositionKey = Key<'position of a listener'>;

const POSITION = pairCodec<PositionKey, PlaceKey, string>();
const LISTENER = pairCodec<ListenerKey, ListenerScopeKey | '', PositionKey>();

/** `use`: the hosts of the client's audience on the port. */
export function listenerKey(client: ListenerScope, place: ListenerPlace, port: number, use: PortUse): ListenerKey {
  const httpOnly = use.tls.length === 0 && (place.interception === 'REDIRECT' ? use.addressed : use.sole).length === 0;
  return LISTENER.format(
    httpOnly ? '' : formatListenerScope(client),
    POSITION.format(formatPlace(place), String(port)),
  );
}

/** The key of the listener for the connections that iptables redirects. */
export function interceptionListenerKey(place: ListenerPlace): ListenerKey {
  return LISTENER.format('', POSITION.format(formatPlace(place), INTERCEPTION_LISTENER_NAME));
}

export interface ListenerParts {
  /** Absent if the listener is the same for all clients. */
  readonly scope?: ListenerScope;
  readonly place: ListenerPlace;
  /** `undefined` for the listener of the connections that iptables redirects. */
  readonly port: number | undefined;
}

export function parseListener(key: ListenerKey): ListenerParts {
  const [client, position] = LISTENER.parse(key);
  const [where, at] = POSITION.parse(position);
  const place = parsePlace(where);
  const port = at === INTERCEPTION_LISTENER_NAME ? undefined : Number(at);
  return client === '' ? { place, port } : { scope: parseListenerScope(client), place, port };
}
