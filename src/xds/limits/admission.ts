/** Whether one more stream of an Envoy is admitted, of discovery or with load reports. It must not know what streams do. */
import type { XdsLimits } from '../protocol/limits.js';
import { STATUS, StreamError } from '../transport/message-stream.js';
import { addressOf } from './address.js';
import type { HeapGauge } from './heap-gauge.js';

export interface AdmissionHost {
  draining(): boolean;
  ready(): boolean;
  readonly heap: HeapGauge;
}

export class Admission {
  readonly #limits: XdsLimits;
  readonly #host: AdmissionHost;
  /** Open streams by address, or by IPv6 network. */
  readonly #addresses = new Map<string, number>();
  #streams = 0;

  constructor(limits: XdsLimits, host: AdmissionHost) {
    this.#limits = limits;
    this.#host = host;
  }

  /** Why a discovery stream of this peer is turned away now, if it is. */
  refusal(peer: string): StreamError | undefined {
    if (this.#host.draining()) return shuttingDown();
    if (!this.#host.ready()) return new StreamError(STATUS.unavailable, 'not ready yet');
    return this.fullFor(peer);
  }

  /** Why there is no room for a stream of this peer, if there is none. */
  fullFor(peer: string): StreamError | undefined {
    const { maxStreams, maxStreamsPerAddress } = this.#limits;
    if (this.#streams >= maxStreams) return new StreamError(STATUS.resourceExhausted, 'too many streams', 'streams');
    if ((this.#addresses.get(addressOf(peer)) ?? 0) >= maxStreamsPerAddress)
      return new StreamError(
        STATUS.resourceExhausted,
        `more than ${String(maxStreamsPerAddress)} streams of one address`,
        'streams-per-address',
      );
    const { overload } = this.#host.heap;
    return overload === undefined ? undefined : new StreamError(STATUS.unavailable, overload, 'heap');
  }

  opened(peer: string): void {
    const address = addressOf(peer);
    this.#streams += 1;
    this.#addresses.set(address, (this.#addresses.get(address) ?? 0) + 1);
  }

  /** Once for each `opened`. */
  closed(peer: string): void {
    const address = addressOf(peer);
    const left = (this.#addresses.get(address) ?? 0) - 1;
    this.#streams -= 1;
    if (left > 0) this.#addresses.set(address, left);
    else this.#addresses.delete(address);
  }
}

/** UNAVAILABLE: the client goes on to another server. */
export function shuttingDown(): StreamError {
  return new StreamError(STATUS.unavailable, 'the server shuts down');
}
