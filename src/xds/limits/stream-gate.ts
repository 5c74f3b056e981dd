/**
 * The way of a stream into the server: whether it is admitted, when it is its turn, and when what it asks for has been prepared. It must not
 * know what streams do.
 */
import { MessageBudget } from '../protocol/held-messages.js';
import type { XdsLimits } from '../protocol/limits.js';
import { type PreparedCall, PreparedSinks } from '../protocol/prepared-sink.js';
import type { ResourceProvider } from '../resources/provider.js';
import { type MessageSink, type MessageStream, StreamError } from '../transport/message-stream.js';
import type { Admission } from './admission.js';
import { AdmissionQueue } from './admission-queue.js';

export interface StreamGateHost {
  readonly admission: Admission;
  readonly provider: ResourceProvider;
  /** Monotonic milliseconds. */
  now(): number;
  /** A stream is refused; the call is not ended yet. */
  refused(peer: string, error: StreamError): void;
  /** The provider failed to prepare something. */
  failed(error: unknown): void;
}

export class StreamGate {
  readonly #host: StreamGateHost;
  readonly #queue: AdmissionQueue;
  /** `undefined`: the provider prepares nothing. */
  readonly #prepared: PreparedSinks | undefined;

  constructor({ maxWaitingBytes, newStreamsPerSecond }: XdsLimits, host: StreamGateHost) {
    this.#host = host;
    const budget = new MessageBudget(maxWaitingBytes);
    const prepare = host.provider.prepare?.bind(host.provider);
    this.#prepared = prepare && new PreparedSinks(prepare, budget, (error) => host.failed(error));
    this.#queue = new AdmissionQueue(newStreamsPerSecond, {
      budget,
      now: () => host.now(),
      later: (ms, action) => void setTimeout(action, ms).unref(),
      refused: (stream, error) => this.#refuse(stream, error),
      // A stream that waits is a stream of its address.
      counted: (peer, waits) => (waits ? host.admission.opened(peer) : host.admission.closed(peer)),
    });
  }

  /** Streams that wait to be admitted. */
  get awaitingAdmission(): number {
    return this.#queue.size;
  }

  /** Streams whose requests wait until what they ask for has been prepared. */
  get awaitingPreparation(): number {
    return this.#prepared?.size ?? 0;
  }

  /** `open` begins the stream, now or when it is its turn; it is not called if the stream is refused. */
  accept(transport: MessageStream, call: PreparedCall, open: () => MessageSink): MessageSink | undefined {
    return this.#unlessRefused(transport, () =>
      this.#queue.admit(transport, (waited) => {
        if (!waited) return this.#opened(call, open);
        // What was so when it came may have changed.
        return this.#unlessRefused(transport, () => this.#opened(call, open));
      }),
    );
  }

  #opened(call: PreparedCall, open: () => MessageSink): MessageSink {
    const sink = open();
    return this.#prepared?.wrap(sink, call) ?? sink;
  }

  #unlessRefused(transport: MessageStream, accept: () => MessageSink | undefined): MessageSink | undefined {
    try {
      const refusal = this.#host.admission.refusal(transport.peer);
      if (refusal !== undefined) throw refusal;
      return accept();
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      this.#refuse(transport, error);
      return undefined;
    }
  }

  /** Refuses the streams that wait to be admitted. */
  close(error: StreamError): void {
    this.#queue.refuse(error);
  }

  #refuse(transport: MessageStream, error: StreamError): void {
    this.#host.refused(transport.peer, error);
    transport.end(error.code, error.message);
  }
}
