/**
 * Client status discovery: lists the clients and the status of each of their resources.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/service/status/v3/csds.proto
 */
import { maySee } from '../protocol/authentication.js';
import { type Call, type CallHandler, answering, unary } from '../protocol/calls.js';
import type { XdsNode } from '../wire/xds-node.js';
import type { TypeStatus } from '../subscriptions/status.js';
import type { Subscription } from '../subscriptions/subscription.js';
import type { Principal } from '../identities/principal.js';
import { STATUS, StreamError } from '../transport/message-stream.js';
import { decodeProto, encodeProto } from '../wire/proto-message.js';
import { unresumedConfigs, resourceConfigs } from './generic-xds-config.js';
import { nodeFields } from './node-fields.js';
import { type NodeMatcher, nodeMatches } from './node-matcher.js';

/** Limits of the resources in one answer, and of the bytes of their contents. A larger request gets RESOURCE_EXHAUSTED. */
const MAX_RESOURCES = 50_000;
const MAX_CONTENT_BYTES = 32 << 20;

/** A discovery stream with a known node. */
export interface StatusSource {
  readonly node: XdsNode;
  /** The same after a reconnect. */
  readonly identity: string;
  /** Who the client is, where calls are authenticated. */
  readonly principal: Principal | undefined;
  readonly subscriptions: Iterable<Subscription>;
}

export interface ClientStatusHost {
  /** In the order of age, the oldest first. */
  sources(): Iterable<StatusSource>;
  /** Types that this client rejected on an earlier stream and has not requested since. */
  readonly unresumedTypes: (identity: string) => Iterable<TypeStatus>;
}

interface Request {
  readonly nodeMatchers: readonly NodeMatcher[];
  readonly excludeResourceContents: boolean;
}

/** The methods of `ClientStatusDiscoveryService`, by name. */
export function clientStatusMethods(
  host: ClientStatusHost,
): Readonly<Record<'FetchClientStatus' | 'StreamClientStatus', (call: Call) => CallHandler>> {
  const answer = (request: Buffer, { principal }: Call): Buffer => clientStatus(request, principal, host);
  return { FetchClientStatus: unary(answer), StreamClientStatus: answering(answer) };
}

function clientStatus(bytes: Buffer, viewer: Principal | undefined, host: ClientStatusHost): Buffer {
  const request = decodeProto('envoy.service.status.v3.ClientStatusRequest', bytes) as Request;
  const matches = nodeMatches(request.nodeMatchers);
  const budget = new Budget();
  const sources = [...host.sources()].filter(({ principal }) => maySee(viewer, principal));
  const config = [...clientsOf(sources)]
    .filter(({ node }) => matches(node))
    .map(({ node, identity, types }) => ({
      node: nodeFields(node),
      genericXdsConfigs: [...configsOf(identity, types, host, !request.excludeResourceContents, budget)],
    }));
  return encodeProto('envoy.service.status.v3.ClientStatusResponse', { config });
}

interface Client {
  node: XdsNode;
  identity: string;
  readonly types: Map<string, Subscription>;
}

/** Groups streams by node. If a client has several streams for a type, the youngest counts. */
function clientsOf(sources: Iterable<StatusSource>): Iterable<Client> {
  const clients = new Map<string, Client>();
  for (const { node, identity, subscriptions } of sources) {
    const client = clients.get(node.id) ?? { node, identity, types: new Map<string, Subscription>() };
    client.node = node;
    client.identity = identity;
    for (const subscription of subscriptions) client.types.set(subscription.typeUrl, subscription);
    clients.set(node.id, client);
  }
  return clients.values();
}

function* configsOf(
  identity: string,
  types: ReadonlyMap<string, Subscription>,
  { unresumedTypes }: ClientStatusHost,
  contents: boolean,
  budget: Budget,
): Generator<object, void> {
  for (const subscription of types.values()) {
    for (const { config, bytes } of resourceConfigs(subscription, contents)) {
      budget.spend(bytes);
      yield config;
    }
  }
  for (const type of unresumedTypes(identity)) yield* unresumedConfigs(type);
}

/** The remaining size of one answer. */
class Budget {
  #resources = 0;
  #bytes = 0;

  spend(bytes: number): void {
    this.#resources += 1;
    this.#bytes += bytes;
    if (this.#resources <= MAX_RESOURCES && this.#bytes <= MAX_CONTENT_BYTES) return;
    throw new StreamError(
      STATUS.resourceExhausted,
      'the answer is too large: use node_matchers or exclude_resource_contents',
    );
  }
}
