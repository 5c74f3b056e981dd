/**
 * Lets the requests of a stream wait until the provider has prepared what they ask for, as if they had come later. It must not know what is
 * prepared, nor what the stream does.
 */
import type { Principal } from '../identities/principal.js';
import type { MessageSink } from '../transport/message-stream.js';
import { TurnQueue } from '../transport/turn-queue.js';
import { decodeRequestHead } from '../wire/request-head.js';
import type { XdsNode } from '../wire/xds-node.js';
import { authorizeNode } from './authentication.js';
import { HeldMessages, type MessageBudget } from './held-messages.js';
import { identify } from './identity.js';
import type { Mode } from './mode.js';
import { requestError } from './request-errors.js';

/** A client subscribes to its types with its first requests; later ones are acknowledgements, which are not read for this. */
const EXAMINED_REQUESTS = 32;

/** See `ResourceProvider`. */
type Prepare = (node: XdsNode, typeUrl: string) => Promise<void> | undefined;

/** The call of a stream. */
export interface PreparedCall {
  readonly mode: Mode;
  /** The type of a service with a single type. */
  readonly typeUrl: string | undefined;
  readonly principal: Principal | undefined;
}

/** The streams whose requests wait. */
export class PreparedSinks {
  readonly #prepare: Prepare;
  readonly #budget: MessageBudget;
  readonly #failed: (error: unknown) => void;
  readonly #waiting = new Set<PreparedSink>();
  /** When what they wait for is there, all streams of a view go on, but not all in one turn. */
  readonly #ready = new TurnQueue<PreparedSink>((sink) => sink.goOn());

  /** `failed` is told of an error of the provider; the request goes on without preparation. */
  constructor(prepare: Prepare, budget: MessageBudget, failed: (error: unknown) => void) {
    this.#prepare = prepare;
    this.#budget = budget;
    this.#failed = failed;
  }

  /** The number of streams whose requests wait. */
  get size(): number {
    return this.#waiting.size;
  }

  wrap(sink: MessageSink, call: PreparedCall): MessageSink {
    return new PreparedSink(sink, call, {
      budget: this.#budget,
      prepare: (node, typeUrl, waiting) => this.#wait(node, typeUrl, waiting),
      left: (left) => {
        this.#waiting.delete(left);
        this.#ready.delete(left);
      },
    });
  }

  /** Returns whether the sink waits. */
  #wait(node: XdsNode, typeUrl: string, waiting: PreparedSink): boolean {
    const prepared = this.#begin(node, typeUrl);
    if (prepared === undefined) return false;
    this.#waiting.add(waiting);
    void prepared.catch(this.#failed).then(() => {
      if (this.#waiting.has(waiting)) this.#ready.add(waiting);
    });
    return true;
  }

  #begin(node: XdsNode, typeUrl: string): Promise<void> | undefined {
    try {
      return this.#prepare(node, typeUrl);
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }
}

interface SinkHost {
  readonly budget: MessageBudget;
  prepare(node: XdsNode, typeUrl: string, waiting: PreparedSink): boolean;
  /** It waits no more. */
  left(sink: PreparedSink): void;
}

class PreparedSink implements MessageSink {
  readonly #sink: MessageSink;
  readonly #call: PreparedCall;
  readonly #host: SinkHost;
  readonly #held: HeldMessages;
  #examined = 0;
  /** Types that were asked for: what follows are acknowledgements, or a few names more. */
  readonly #types = new Set<string>();
  #node: XdsNode | undefined;
  #waits = false;

  constructor(sink: MessageSink, call: PreparedCall, host: SinkHost) {
    this.#sink = sink;
    this.#call = call;
    this.#host = host;
    this.#held = new HeldMessages(host.budget);
  }

  received(message: Buffer): void {
    if (!this.#waits && this.#needsPreparation(message)) this.#waits = true;
    if (this.#waits && this.#held.keep(message)) return;
    // Beyond the budget, it goes on without waiting: that costs others time, but nobody their stream.
    if (this.#waits) this.goOn();
    this.#sink.received(message);
  }

  /** What it waited for is there: the request that waited goes on, and those after it unless they wait in turn. */
  goOn(): void {
    this.#host.left(this);
    this.#waits = false;
    let first = true;
    const received = (message: Buffer): void => {
      if (first) this.#sink.received(message);
      else this.received(message);
      first = false;
    };
    this.#held.passOn({ received, halfClosed: () => this.#sink.halfClosed() }, () => !this.#waits);
  }

  #needsPreparation(message: Buffer): boolean {
    if (this.#examined >= EXAMINED_REQUESTS) return false;
    this.#examined += 1;
    try {
      const { mode, typeUrl: only, principal } = this.#call;
      const { typeUrl, node } = decodeRequestHead(message, mode);
      this.#node ??= identify(node);
      // Nothing is computed for a client that may not be this node: the stream refuses it.
      if (this.#examined === 1) authorizeNode(principal, this.#node);
      const asked = only ?? typeUrl;
      if (this.#types.has(asked)) return false;
      this.#types.add(asked);
      return this.#host.prepare(this.#node, asked, this);
    } catch (error) {
      // The stream says what is wrong.
      this.#examined = EXAMINED_REQUESTS;
      if (requestError(error) === undefined) throw error;
      return false;
    }
  }

  drained(): void {
    this.#sink.drained();
  }

  halfClosed(): void {
    if (this.#waits) this.#held.halfClose();
    else this.#sink.halfClosed();
  }

  closed(): void {
    this.#host.left(this);
    this.#waits = false;
    this.#examined = EXAMINED_REQUESTS;
    this.#held.discard();
    this.#sink.closed();
  }
}
