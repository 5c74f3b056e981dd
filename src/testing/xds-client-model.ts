/**
 * A model of Envoy as an xDS client, without a network: it takes over what it is sent, asks for what that refers to, and
 * checks at every step that nothing refers to what it does not have. Clusters are endpoints' names, listeners' contents are
 * names of routes, routes' contents are names of clusters; what contains `bad` is refused.
 */
import assert from 'node:assert/strict';
import type { MessageSink, MessageStream, XdsServer } from '../xds/index.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER, ROUTE_CONFIGURATION } from '../xds/index.js';
import { type ClientMode, type ClientRequest, type ClientResource, type ClientResponse, decodeResponse, encodeRequest } from './xds-client-wire.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;
const ADS = '/envoy.service.discovery.v3.AggregatedDiscoveryService';

export interface Held {
  readonly version: string;
  readonly content: string;
}

/** What the client has of one type. */
interface TypeState {
  readonly resources: Map<string, Held>;
  /** Names subscribed on this stream; undefined before the first request. */
  subscribed: Set<string> | undefined;
  version: string;
  nonce: string;
}

export class EnvoyModel {
  readonly mode: ClientMode;
  readonly #server: XdsServer;
  readonly #id: string;
  readonly #types = new Map<string, TypeState>([CLUSTER, EDS, LISTENER, ROUTE_CONFIGURATION].map((typeUrl) => [typeUrl, newState()]));
  /** Clusters that wait for their endpoints. */
  readonly warming = new Set<string>();
  #inbox: ClientResponse[] = [];
  #sink: MessageSink | undefined;
  /** Whether the client refused something and has not been sent all since. */
  refusals = 0;

  constructor(server: XdsServer, mode: ClientMode, id: string) {
    this.#server = server;
    this.mode = mode;
    this.#id = id;
  }

  get pending(): number {
    return this.#inbox.length;
  }

  connect(): void {
    const method = this.#server.methods().get(`${ADS}/${this.mode === 'sotw' ? 'Stream' : 'Delta'}AggregatedResources`);
    const stream: MessageStream = {
      peer: this.#id,
      write: (head, body) => {
        this.#inbox.push(decodeResponse(this.mode, Buffer.concat([head, body])));
        return true;
      },
      end: (_code, message) => assert.fail(message),
    };
    this.#sink = method?.(stream);
    for (const state of this.#types.values()) {
      state.nonce = '';
      state.subscribed = undefined;
    }
    for (const typeUrl of this.#types.keys()) this.#subscribe(typeUrl);
  }

  disconnect(): void {
    this.#sink?.closed();
    this.#inbox = [];
  }

  /** Takes over the oldest response that has arrived. */
  step(): void {
    const response = this.#inbox.shift();
    if (response === undefined) return;
    const state = this.#state(response.typeUrl);
    state.nonce = response.nonce;
    const bad = response.resources.filter((item) => contentOf(item).includes('bad'));
    if (bad.length > 0) {
      this.refusals += 1;
      this.#answer(response, `refused: ${bad.map(({ name }) => name).join()}`);
      return;
    }
    state.version = response.version;
    this.#take(response, state);
    this.#check();
    if (response.typeUrl === CLUSTER) this.#subscribe(EDS);
    if (response.typeUrl === LISTENER) this.#subscribe(ROUTE_CONFIGURATION);
    this.#answer(response, undefined);
  }

  /** Names and contents, sorted. */
  holdings(typeUrl: string): readonly (readonly [string, string])[] {
    return [...this.#state(typeUrl).resources].map(([name, { content }]) => [name, content] as const).sort(([one], [other]) => (one < other ? -1 : 1));
  }

  #state(typeUrl: string): TypeState {
    const state = this.#types.get(typeUrl);
    assert.ok(state, typeUrl);
    return state;
  }

  #take({ typeUrl, resources, removed }: ClientResponse, { resources: held, subscribed }: TypeState): void {
    const before = new Map(held);
    const full = this.mode === 'sotw' && (typeUrl === CLUSTER || typeUrl === LISTENER);
    if (full) held.clear();
    for (const item of resources) {
      if (typeUrl !== CLUSTER && typeUrl !== LISTENER && subscribed?.has(item.name) !== true) continue;
      held.set(item.name, { version: item.version, content: contentOf(item) });
    }
    for (const name of removed) held.delete(name);
    if (typeUrl === CLUSTER) this.#warm(before, held);
    if (typeUrl === EDS) for (const { name } of resources) this.warming.delete(name);
  }

  #warm(before: ReadonlyMap<string, Held>, held: ReadonlyMap<string, Held>): void {
    for (const [name, { content }] of held) if (before.get(name)?.content !== content) this.warming.add(name);
    for (const name of before.keys()) if (!held.has(name)) this.warming.delete(name);
  }

  /** Every route leads to clusters that are there. */
  #check(): void {
    const clusters = this.#state(CLUSTER).resources;
    for (const [name, { content }] of this.#state(ROUTE_CONFIGURATION).resources) {
      for (const target of content.split(',')) assert.ok(target === '' || clusters.has(target), `route ${name} leads to ${target}, which is not there`);
    }
  }

  #wanted(typeUrl: string): Set<string> {
    if (typeUrl === EDS) return new Set(this.#state(CLUSTER).resources.keys());
    if (typeUrl === ROUTE_CONFIGURATION) return new Set([...this.#state(LISTENER).resources.values()].map(({ content }) => content));
    return new Set();
  }

  /** Asks for what is wanted now, if that is not what is subscribed. */
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
    if (this.mode === 'sotw') this.#send({ typeUrl, resourceNames: [...wanted], versionInfo: state.version, responseNonce: state.nonce });
    else {
      const known = Object.fromEntries([...state.resources].map(([name, { version }]) => [name, version]));
      this.#send({ typeUrl, resourceNamesSubscribe: added, resourceNamesUnsubscribe: left, initialResourceVersions: first ? known : {} });
    }
  }

  #answer({ typeUrl, nonce }: ClientResponse, error: string | undefined): void {
    const state = this.#state(typeUrl);
    const answer = { typeUrl, responseNonce: nonce, ...(error === undefined ? {} : { errorDetail: { message: error } }) };
    if (this.mode === 'delta') this.#send(answer);
    else this.#send({ ...answer, versionInfo: state.version, resourceNames: [...(state.subscribed ?? [])] });
  }

  #send(request: ClientRequest): void {
    this.#sink?.received(encodeRequest(this.mode, { ...request, node: { id: this.#id } }));
  }
}

function newState(): TypeState {
  return { resources: new Map(), subscribed: undefined, version: '', nonce: '' };
}

/** Field 15 of the message, which follows the name. */
function contentOf({ value, name }: ClientResource): string {
  const start = 2 + Buffer.byteLength(name);
  return value.toString('utf8', start + 2);
}
