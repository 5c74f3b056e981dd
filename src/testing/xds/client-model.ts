/**
 * A model of Envoy as an xDS client, without a network. It applies responses, subscribes to the resources that they refer to, and checks at
 * every step that nothing refers to a resource that it lacks. The content of a cluster is the name of its load assignment, that of a listener
 * the name of a route, that of a route the name of a cluster. Content with `bad` is rejected. Content `UNNAMED` is rejected without its name,
 * as if Envoy had cut off its error message.
 */
import assert from 'node:assert/strict';
import type { MessageSink, MessageStream, XdsServer } from '../../xds/index.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER, ROUTE_CONFIGURATION } from '../../xds/index.js';
import {
  type ClientMode,
  type ClientRequest,
  type ClientResource,
  type ClientResponse,
  decodeResponse,
  encodeRequest,
} from './client-wire.js';

/** Content that is rejected without naming the resource. */
export const UNNAMED = 'bad, cut off';

const EDS = CLUSTER_LOAD_ASSIGNMENT;
const ADS = '/envoy.service.discovery.v3.AggregatedDiscoveryService';

export interface Held {
  readonly version: string;
  readonly content: string;
}

/** The state of one type. */
interface TypeState {
  readonly resources: Map<string, Held>;
  /** Names that arrived on this stream. A server cannot know which resources a state-of-the-world client has from an earlier stream. */
  readonly known: Set<string>;
  /** Names subscribed to on this stream. `undefined` before the first request. */
  subscribed: Set<string> | undefined;
  version: string;
  /** Whether it accepted a part of a response that it rejected. Its version then does not say what it holds. */
  partial: boolean;
  nonce: string;
}

/** The content that says that there is no resource of this name: an empty load assignment. */
export const NONE = 'none';

export class EnvoyModel {
  readonly mode: ClientMode;
  #server: XdsServer;
  readonly id: string;
  readonly #types = new Map<string, TypeState>(
    [CLUSTER, EDS, LISTENER, ROUTE_CONFIGURATION].map((typeUrl) => [typeUrl, newState()]),
  );
  /** Clusters that wait for their load assignments. */
  readonly warming = new Set<string>();
  /** Clusters that were warmed once. They serve requests while they warm again. */
  readonly #active = new Set<string>();
  /** Clusters that were warming when the server restarted. The new server does not know that they wait. */
  readonly #timesOut = new Set<string>();
  #inbox: ClientResponse[] = [];
  /** A response with clusters that are warming. */
  #unanswered: ClientResponse | undefined;
  #sink: MessageSink | undefined;
  /** The number of rejected responses. */
  nacks = 0;

  constructor(server: XdsServer, mode: ClientMode, id: string) {
    this.#server = server;
    this.mode = mode;
    this.id = id;
  }

  get pending(): number {
    return this.#inbox.length;
  }

  get connected(): boolean {
    return this.#sink !== undefined;
  }

  connect(): void {
    const method = this.#server.methods().get(`${ADS}/${this.mode === 'sotw' ? 'Stream' : 'Delta'}AggregatedResources`);
    const stream: MessageStream = {
      peer: this.id,
      write: (head, body) => {
        this.#inbox.push(decodeResponse(this.mode, Buffer.concat([head, body])));
        return true;
      },
      end: (_code, message) => assert.fail(message),
    };
    this.#sink = method?.(stream);
    for (const state of this.#types.values()) {
      if (this.mode === 'sotw') state.known.clear();
      state.nonce = '';
      state.subscribed = undefined;
    }
    for (const typeUrl of this.#types.keys()) this.#subscribe(typeUrl);
  }

  /** The next connection goes to this server, which does not know the client. */
  useServer(server: XdsServer): void {
    this.#server = server;
    for (const name of this.warming) if (this.#active.has(name)) this.#timesOut.add(name);
    // No server can know from the version what the client holds. The earlier server knew that it had rejected a response.
    for (const state of this.#types.values()) if (state.partial) state.version = '';
  }

  /** `initial_fetch_timeout` ends: clusters that have been warming since before the last restart use the load assignments that exist. */
  fetchTimeout(): void {
    for (const name of this.#timesOut) if (this.#state(EDS).resources.has(name)) this.#warmed(name);
    this.#timesOut.clear();
  }

  /** Clusters that wait for their endpoints, although the server can know it. */
  lateEndpoints(): ReadonlySet<string> {
    return new Set([...this.warming].filter((name) => !this.#timesOut.has(name)));
  }

  disconnect(): void {
    this.#unanswered = undefined;
    this.#sink?.closed();
    this.#sink = undefined;
    this.#inbox = [];
  }

  /** Applies the oldest response. */
  step(): void {
    const response = this.#inbox.shift();
    if (response === undefined) return;
    const state = this.#state(response.typeUrl);
    state.nonce = response.nonce;
    const bad = response.resources.filter((item) => contentOf(item).includes('bad'));
    if (bad.length > 0) {
      this.#reject(response, state, bad);
      return;
    }
    state.version = response.version;
    state.partial = false;
    this.#take(response, state);
    this.#check();
    // Envoy sends no requests about clusters while some are warming.
    const waits = response.typeUrl === CLUSTER && this.warming.size > 0;
    if (waits) this.#unanswered = response;
    // In the incremental variant Envoy subscribes to references before it sends the ACK, otherwise after it.
    if (this.mode === 'delta' && !waits) this.#answer(response, undefined);
    if (response.typeUrl === CLUSTER) this.#subscribe(EDS);
    if (response.typeUrl === LISTENER) this.#subscribe(ROUTE_CONFIGURATION);
    if (this.mode === 'sotw' && !waits) this.#answer(response, undefined);
    if (this.warming.size === 0) this.endWarming();
  }

  /** Whether it holds a response of this type that it has not answered: the server does not know whether it has arrived. */
  hasUnanswered(typeUrl: string): boolean {
    return this.#unanswered?.typeUrl === typeUrl;
  }

  /** Answers the clusters whose endpoints have arrived, or did not arrive in time. Returns whether there were any. */
  endWarming(): boolean {
    const response = this.#unanswered;
    this.#unanswered = undefined;
    if (response !== undefined) this.#answer(response, undefined);
    return response !== undefined;
  }

  /** Envoy accepts the valid clusters of a response and names the others. It rejects responses of other types as a whole. */
  #reject(response: ClientResponse, state: TypeState, bad: readonly ClientResource[]): void {
    this.nacks += 1;
    if (response.typeUrl === CLUSTER) {
      this.#state(CLUSTER).partial = true;
      const kept = bad.flatMap(({ name }) => {
        const held = state.resources.get(name);
        return held === undefined ? [] : [[name, held] as const];
      });
      this.#take({ ...response, resources: response.resources.filter((item) => !bad.includes(item)) }, state, kept);
      this.#check();
      this.#subscribe(EDS);
    }
    const named = bad.filter((item) => contentOf(item) !== UNNAMED);
    this.#answer(response, `rejected: ${named.map(({ name }) => name).join()}`);
  }

  /** Names and contents, sorted. */
  holdings(typeUrl: string): readonly (readonly [string, string])[] {
    return [...this.#state(typeUrl).resources]
      .map(([name, { content }]) => [name, content] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1));
  }

  /** The content that it holds under a name. `undefined`: none. */
  held(typeUrl: string, name: string): string | undefined {
    return this.#state(typeUrl).resources.get(name)?.content;
  }

  /** Whether the server must know what the client holds under this name. */
  isKnown(typeUrl: string, name: string): boolean {
    return this.mode === 'delta' || this.#state(typeUrl).known.has(name);
  }

  #state(typeUrl: string): TypeState {
    const state = this.#types.get(typeUrl);
    assert.ok(state, typeUrl);
    return state;
  }

  #take(
    { typeUrl, resources, removed }: ClientResponse,
    { resources: held, subscribed, known }: TypeState,
    kept: readonly (readonly [string, Held])[] = [],
  ): void {
    const before = new Map(held);
    const full = this.mode === 'sotw' && (typeUrl === CLUSTER || typeUrl === LISTENER);
    if (full) held.clear();
    for (const item of resources) {
      if (typeUrl !== CLUSTER && typeUrl !== LISTENER && subscribed?.has(item.name) !== true) continue;
      if (contentOf(item) === NONE) {
        assert.ok(!held.has(item.name), `${typeUrl} ${item.name} is said not to exist, and the client holds it`);
        continue;
      }
      held.set(item.name, { version: item.version, content: contentOf(item) });
      known.add(item.name);
    }
    for (const [name, item] of kept) held.set(name, item);
    for (const name of removed) held.delete(name);
    if (typeUrl === CLUSTER) this.#warm(before, held);
    // A cluster whose endpoints do not exist does not wait for them.
    if (typeUrl === EDS) for (const name of [...resources.map((item) => item.name), ...removed]) this.#warmed(name);
  }

  #warm(before: ReadonlyMap<string, Held>, held: ReadonlyMap<string, Held>): void {
    for (const [name, { content }] of held) if (before.get(name)?.content !== content) this.warming.add(name);
    for (const name of before.keys()) {
      if (held.has(name)) continue;
      this.warming.delete(name);
      this.#active.delete(name);
    }
  }

  #warmed(name: string): void {
    this.warming.delete(name);
    this.#active.add(name);
  }

  /** Every route that the server can know refers to existing clusters, which have endpoints unless the client rejected these. */
  #check(): void {
    const clusters = this.#state(CLUSTER).resources;
    const routes = this.#state(ROUTE_CONFIGURATION);
    for (const [name, { content }] of routes.resources) {
      if (!routes.known.has(name)) continue;
      for (const target of content.split(',').filter((part) => part !== '')) {
        assert.ok(clusters.has(target), `route ${name} leads to ${target}, which is not there`);
        assert.ok(
          this.nacks > 0 || this.#active.has(target),
          `route ${name} leads to ${target}, which has no endpoints`,
        );
      }
    }
  }

  #wanted(typeUrl: string): Set<string> {
    if (typeUrl === EDS) return new Set(this.#state(CLUSTER).resources.keys());
    if (typeUrl === ROUTE_CONFIGURATION)
      return new Set([...this.#state(LISTENER).resources.values()].map(({ content }) => content));
    return new Set();
  }

  /** Subscribes to the wanted names if they changed. */
  #subscribe(typeUrl: string): void {
    const state = this.#state(typeUrl);
    const wanted = this.#wanted(typeUrl);
    const { subscribed } = state;
    const added = [...wanted].filter((name) => subscribed?.has(name) !== true);
    const left = [...(subscribed ?? [])].filter((name) => !wanted.has(name));
    const named = typeUrl === EDS || typeUrl === ROUTE_CONFIGURATION;
    if (named && added.length === 0 && left.length === 0) return;
    for (const name of named ? state.resources.keys() : []) if (!wanted.has(name)) state.resources.delete(name);
    const first = subscribed === undefined;
    state.subscribed = wanted;
    if (this.mode === 'sotw')
      this.#send({ typeUrl, resourceNames: [...wanted], versionInfo: state.version, responseNonce: state.nonce });
    else {
      const known = Object.fromEntries([...state.resources].map(([name, { version }]) => [name, version]));
      this.#send({
        typeUrl,
        resourceNamesSubscribe: added,
        resourceNamesUnsubscribe: left,
        initialResourceVersions: first ? known : {},
      });
    }
  }

  #answer({ typeUrl, nonce }: ClientResponse, error: string | undefined): void {
    const state = this.#state(typeUrl);
    const answer = {
      typeUrl,
      responseNonce: nonce,
      ...(error === undefined ? {} : { errorDetail: { message: error } }),
    };
    if (this.mode === 'delta') this.#send(answer);
    else this.#send({ ...answer, versionInfo: state.version, resourceNames: [...(state.subscribed ?? [])] });
  }

  #send(request: ClientRequest): void {
    this.#sink?.received(encodeRequest(this.mode, { ...request, node: { id: this.id } }));
  }
}

function newState(): TypeState {
  return { resources: new Map(), known: new Set(), subscribed: undefined, version: '', partial: false, nonce: '' };
}

/** Field 15 of the message, after the name. */
function contentOf({ value, name }: ClientResource): string {
  const start = 2 + Buffer.byteLength(name);
  return value.toString('utf8', start + 2);
}
