/** The open streams of a server. What is known of a client goes with its stream, but for what its next stream needs. */
import type { Admission } from '../limits/admission.js';
import type { AnswerWatch } from '../limits/answer-watch.js';
import { endWithShutdown } from '../protocol/staggered-shutdown.js';
import type { WakeUps } from '../protocol/wake-ups.js';
import type { TurnQueue } from '../transport/turn-queue.js';
import type { XdsEvents } from './events.js';
import type { NackIsolation } from './nack-isolation.js';
import type { XdsStream } from './stream.js';
import type { UnresumedTypes } from './unresumed-types.js';

/** The parts of the server that know streams. */
export interface StreamRegisters {
  readonly events: XdsEvents;
  readonly admission: Admission;
  readonly answers: AnswerWatch;
  readonly isolation: NackIsolation;
  readonly unresumed: UnresumedTypes;
  /** Streams that are pumped in the next turn of the event loop. */
  readonly round: TurnQueue<XdsStream>;
  /** Streams with timers: for the order of types, and for renewals. */
  readonly timers: readonly WakeUps[];
}

export class OpenStreams {
  readonly #streams = new Set<XdsStream>();
  readonly #registers: StreamRegisters;
  /** Called when the last stream has ended. */
  #emptied: (() => void) | undefined;

  constructor(registers: StreamRegisters) {
    this.#registers = registers;
  }

  get size(): number {
    return this.#streams.size;
  }

  all(): readonly XdsStream[] {
    return [...this.#streams];
  }

  /** Those whose node is known. */
  identified(): readonly XdsStream[] {
    return [...this.#streams].filter(({ identified }) => identified);
  }

  opened(stream: XdsStream): void {
    const { answers, admission } = this.#registers;
    this.#streams.add(stream);
    answers.add(stream);
    admission.opened(stream.peer);
  }

  closed(stream: XdsStream): void {
    const { answers, admission, round, timers, unresumed, isolation, events } = this.#registers;
    this.#streams.delete(stream);
    answers.delete(stream);
    admission.closed(stream.peer);
    round.delete(stream);
    for (const wakeUps of timers) wakeUps.set(stream, undefined);
    if (this.#streams.size === 0) this.#emptied?.();
    if (!stream.identified) return;
    unresumed.remember(stream.identity, stream.status());
    // After its status was taken: what it rejected may be shown to others now.
    isolation.left(stream);
    events.disconnected?.(stream);
  }

  /** Resolves when no stream is left. */
  async emptied(): Promise<void> {
    if (this.#streams.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#emptied = resolve;
    });
  }

  endAll(): void {
    for (const stream of this.all()) endWithShutdown(stream);
  }
}
