/**
 * One simulated Envoy. It subscribes to clusters, then to all of their load assignments, and optionally to listeners and routes, and
 * acknowledges everything. It reports resources to its watch and stores none.
 */
import type { TypeName } from '../world/names.js';
import { type CallSink, Connection } from './connection.js';
import type { NodeDescription, Requests } from './requests.js';
import { type Mode, type Skimmer, typeOf } from './skim.js';

export interface Subscription {
  readonly mode: Mode;
  /** The number of clusters. Load assignments are subscribed to after all have arrived. */
  readonly services: number;
  /** Whether listeners and routes are asked for too. */
  readonly everything: boolean;
}

/** Receives what Envoys are sent. `envoy`: the number of the Envoy. */
export interface Watch {
  opened(envoy: number): void;
  /** A resource arrived. The skimmer is positioned on it. */
  resource(envoy: number, found: Skimmer): void;
  /** A response is complete and acknowledged. */
  response(envoy: number, type: TypeName, bytes: number): void;
  closed(envoy: number, reason: string): void;
}

export interface EnvoyContext {
  /** The gRPC method. */
  readonly path: string;
  readonly subscription: Subscription;
  readonly requests: Requests;
  /** Shared by all Envoys, because they are read one at a time. */
  readonly skimmer: Skimmer;
  readonly watch: Watch;
}

/** Field numbers that both kinds of response share. */
const FIELD = { version: 1, resources: 2, typeUrl: 4, nonce: 5 } as const;

export class Envoy implements CallSink {
  readonly #number: number;
  readonly #node: NodeDescription;
  readonly #context: EnvoyContext;
  readonly #connection: Connection;
  #type: TypeName | undefined;
  #version = '';
  #nonce = '';
  #clusters = 0;
  #asked = 0;

  constructor(number: number, node: NodeDescription & { readonly port: number }, context: EnvoyContext) {
    this.#number = number;
    this.#node = node;
    this.#context = context;
    this.#connection = new Connection({ port: node.port, path: context.path }, this);
  }

  get bytesIn(): number {
    return this.#connection.bytesIn;
  }

  close(): void {
    this.#connection.close();
  }

  opened(): void {
    this.#connection.send(this.#context.requests.hello(this.#node));
    this.#context.watch.opened(this.#number);
  }

  closed(reason: string): void {
    this.#context.watch.closed(this.#number, reason);
  }

  field(number: number, bytes: Buffer, start: number, end: number): void {
    if (number === FIELD.resources) this.#resource(bytes, start, end);
    else if (number === FIELD.version) this.#version = bytes.toString('latin1', start, end);
    else if (number === FIELD.typeUrl) this.#type = typeOf(end - start);
    else if (number === FIELD.nonce) this.#nonce = bytes.toString('latin1', start, end);
  }

  message(length: number): void {
    const type = this.#type;
    if (type === undefined) return;
    const { requests, watch } = this.#context;
    this.#connection.send(requests.acknowledge(type, this.#version, this.#nonce));
    if (this.#asked < 2) this.#askNext(type);
    this.#type = undefined;
    this.#version = '';
    watch.response(this.#number, type, length);
  }

  #resource(bytes: Buffer, start: number, end: number): void {
    const { skimmer, watch } = this.#context;
    skimmer.read(bytes, start, end);
    if (this.#asked === 0 && skimmer.type === 'cluster') this.#clusters += 1;
    watch.resource(this.#number, skimmer);
  }

  /** Like Envoy, subscribes to load assignments after clusters, to listeners after these are warm, and to routes after listeners. */
  #askNext(type: TypeName): void {
    const { everything, services } = this.#context.subscription;
    if (type === 'cluster' && this.#asked === 0 && this.#clusters >= services) {
      this.#ask('endpoints');
      if (everything) this.#ask('listener');
      this.#asked = everything ? 1 : 2;
    } else if (type === 'listener') {
      this.#ask('route');
      this.#asked = 2;
    }
  }

  #ask(type: TypeName): void {
    this.#connection.send(this.#context.requests.subscribe(type));
  }
}
