/**
 * A fake xDS client over real gRPC, for tests: it says exactly what a test tells it to, and keeps what it hears until it is
 * asked for. It never sleeps: that nothing came is proved by a request whose answer must come after it.
 */
import assert from 'node:assert/strict';
import type { Methods } from '../../xds/index.js';
import {
  type CallOptions,
  type ClientCall,
  type ClientCalls,
  type ClientStatusObject,
  callsOf,
  callsTo,
} from './client-calls.js';
import {
  type ClientMode,
  type ClientRequest,
  type ClientResponse,
  decodeResponse,
  encodeRequest,
} from './client-wire.js';

/** The default of `path` is the aggregated service. */
export interface ClientOptions extends CallOptions {
  readonly mode: ClientMode;
  /** A stream of its own for each type, of the services of one type among these methods of a server in this process. */
  readonly separate?: Methods;
  /** Sent with the first request; default `{ id: 'test' }`. */
  readonly node?: Readonly<Record<string, unknown>>;
}

const SENTINEL = 'type.googleapis.com/test.Sentinel';

interface Waiter {
  readonly matches: (response: ClientResponse) => boolean;
  readonly resolve: (response: ClientResponse) => void;
  readonly reject: (error: Error) => void;
}

/** What the client knows of a type: needed to build its next request. */
interface TypeMemory {
  nonce: string;
  version: string;
  names: readonly string[];
}

export class XdsTestClient {
  readonly mode: ClientMode;
  /** How the call ended, or the first of several. */
  readonly status: Promise<ClientStatusObject>;
  /** Everything that came, in order. */
  readonly history: ClientResponse[] = [];
  readonly #calls: ClientCalls;
  readonly #queue: ClientResponse[] = [];
  readonly #waiters = new Set<Waiter>();
  readonly #types = new Map<string, TypeMemory>();
  readonly #node: Readonly<Record<string, unknown>>;
  /** Calls on which the node has been sent. */
  readonly #introduced = new Set<ClientCall>();
  #ended: ClientStatusObject | undefined;
  #sentinels = 0;

  constructor(port: number, options: ClientOptions) {
    this.mode = options.mode;
    this.#node = options.node ?? { id: 'test' };
    const { mode, separate } = options;
    let ended: (status: ClientStatusObject) => void = () => undefined;
    this.status = new Promise((resolve) => (ended = resolve));
    const listener = {
      received: (bytes: Buffer) => this.#received(decodeResponse(mode, bytes)),
      ended: (status: ClientStatusObject) => {
        this.#end(status);
        ended(status);
      },
    };
    this.#calls = separate === undefined ? callsTo(port, mode, options, listener) : callsOf(separate, mode, listener);
  }

  /** Sends a request unchanged. Only the first one contains the node. */
  send(request: ClientRequest): void {
    const call = this.#calls.of(request.typeUrl);
    const node = request.node ?? (this.#introduced.has(call) ? undefined : this.#node);
    this.#introduced.add(call);
    call.write(encodeRequest(this.mode, { ...request, ...(node === undefined ? {} : { node }) }));
  }

  sendBytes(bytes: Buffer): void {
    this.#calls.of('').write(bytes);
  }

  /** State of the world: these are all names wanted from now on. Incremental: these are wanted as well. */
  subscribe(typeUrl: string, names: readonly string[] = [], more: Partial<ClientRequest> = {}): void {
    const memory = this.#memory(typeUrl);
    if (this.mode === 'delta') {
      this.send({ typeUrl, resourceNamesSubscribe: names, ...more });
      return;
    }
    memory.names = names;
    this.send({ typeUrl, resourceNames: names, versionInfo: memory.version, responseNonce: memory.nonce, ...more });
  }

  /** Incremental only. */
  unsubscribe(typeUrl: string, names: readonly string[]): void {
    this.send({ typeUrl, resourceNamesUnsubscribe: names });
  }

  /** The next response of this type that was not taken yet. */
  next(typeUrl: string): Promise<ClientResponse> {
    return this.#take((response) => response.typeUrl === typeUrl);
  }

  /** The next response of any type. */
  nextOfAny(): Promise<ClientResponse> {
    return this.#take(() => true);
  }

  ack(response: ClientResponse, more: Partial<ClientRequest> = {}): void {
    const memory = this.#memory(response.typeUrl);
    memory.version = response.version;
    memory.nonce = response.nonce;
    this.#answer(response, more);
  }

  nack(response: ClientResponse, message = 'rejected', more: Partial<ClientRequest> = {}): void {
    this.#memory(response.typeUrl).nonce = response.nonce;
    this.#answer(response, { errorDetail: { code: 13, message }, ...more });
  }

  #answer({ typeUrl, nonce }: ClientResponse, more: Partial<ClientRequest>): void {
    const { version, names } = this.#memory(typeUrl);
    if (this.mode === 'delta') this.send({ typeUrl, responseNonce: nonce, ...more });
    else this.send({ typeUrl, versionInfo: version, resourceNames: names, responseNonce: nonce, ...more });
    if (more.resourceNames !== undefined) this.#memory(typeUrl).names = more.resourceNames;
  }

  /** How many responses have arrived and were not taken. */
  get pending(): number {
    return this.#queue.length;
  }

  /** Takes the next response of this type and accepts it. */
  async accept(typeUrl: string): Promise<ClientResponse> {
    const response = await this.next(typeUrl);
    this.ack(response);
    return response;
  }

  /** Proves that the server has taken in all requests so far and has nothing to say to them that was not taken yet. */
  async expectSilence(): Promise<void> {
    await this.settle();
    assert.deepEqual(
      this.#queue.map(({ typeUrl, names, removed }) => ({ typeUrl, names, removed })),
      [],
    );
  }

  /** Waits until the server has taken in all requests so far and what it had to say to them has arrived. */
  async settle(): Promise<void> {
    if (this.#calls.settled !== undefined) {
      await this.#calls.settled();
      return;
    }
    this.#sentinels += 1;
    const typeUrl = SENTINEL + String(this.#sentinels);
    this.subscribe(typeUrl, ['*']);
    await this.#take((response) => response.typeUrl === typeUrl);
  }

  /** Stops sending; the server ends the call. */
  halfClose(): void {
    for (const call of this.#calls.all()) call.halfClose();
  }

  /** Stops reading, as a client does that is stuck. */
  pause(): void {
    for (const call of this.#calls.all()) call.pause();
  }

  resume(): void {
    for (const call of this.#calls.all()) call.resume();
  }

  close(): void {
    this.#calls.close();
  }

  #memory(typeUrl: string): TypeMemory {
    const memory = this.#types.get(typeUrl) ?? { nonce: '', version: '', names: [] };
    this.#types.set(typeUrl, memory);
    return memory;
  }

  #received(response: ClientResponse): void {
    this.history.push(response);
    for (const waiter of this.#waiters) {
      if (!waiter.matches(response)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(response);
      return;
    }
    this.#queue.push(response);
  }

  #take(matches: (response: ClientResponse) => boolean): Promise<ClientResponse> {
    const index = this.#queue.findIndex(matches);
    const [found] = index < 0 ? [] : this.#queue.splice(index, 1);
    if (found !== undefined) return Promise.resolve(found);
    if (this.#ended !== undefined) return Promise.reject(endError(this.#ended));
    return new Promise((resolve, reject) => this.#waiters.add({ matches, resolve, reject }));
  }

  #end(status: ClientStatusObject): void {
    this.#ended = status;
    for (const { reject } of this.#waiters) reject(endError(status));
    this.#waiters.clear();
  }
}

function endError({ code, details }: ClientStatusObject): Error {
  return new Error(`the call ended with ${String(code)}: ${details}`);
}
