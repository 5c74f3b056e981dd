/**
 * A fake xDS client over gRPC. It sends exactly what a test asks for, and keeps responses until the test takes them. It never sleeps: a request
 * whose answer must come later proves that no other response came.
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
  /** The methods of a server in this process. The client then has a separate stream for each type. */
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

/** The state of a type that its next request depends on. */
interface TypeMemory {
  nonce: string;
  version: string;
  names: readonly string[];
}

export class XdsTestClient {
  readonly mode: ClientMode;
  /** The status of the call, or of the first of several that ended. */
  readonly status: Promise<ClientStatusObject>;
  /** All responses, in the order of their arrival. */
  readonly history: ClientResponse[] = [];
  readonly #calls: ClientCalls;
  readonly #queue: ClientResponse[] = [];
  readonly #waiters = new Set<Waiter>();
  readonly #types = new Map<string, TypeMemory>();
  readonly #node: Readonly<Record<string, unknown>>;
  /** Calls whose first request was sent. */
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

  /** State of the world: the complete subscription. Incremental: further names. */
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

  /** The next response of this type that the test has not taken. */
  next(typeUrl: string): Promise<ClientResponse> {
    return this.#take((response) => response.typeUrl === typeUrl);
  }

  /** The next response of any type that the test has not taken. */
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

  /** The number of responses that the test has not taken. */
  get pending(): number {
    return this.#queue.length;
  }

  /** Takes the next response of this type and accepts it. */
  async accept(typeUrl: string): Promise<ClientResponse> {
    const response = await this.next(typeUrl);
    this.ack(response);
    return response;
  }

  /** Asserts that the server has processed all requests and sent no response that the test has not taken. */
  async expectSilence(): Promise<void> {
    await this.settle();
    assert.deepEqual(
      this.#queue.map(({ typeUrl, names, removed }) => ({ typeUrl, names, removed })),
      [],
    );
  }

  /** Waits until the server has processed all requests and its responses have arrived. */
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

  /** Ends the client's side of the call. The server then ends the call. */
  halfClose(): void {
    for (const call of this.#calls.all()) call.halfClose();
  }

  /** Stops reading, like a client that hangs. */
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
