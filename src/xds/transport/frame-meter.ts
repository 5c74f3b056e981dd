/**
 * Follows the messages in the bytes of a call without keeping any: somebody else puts them together and says neither how much
 * it holds of an incomplete one nor that the last one was cut off.
 * https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
import type { Intake } from './intake.js';

const PREFIX = 5;

export class FrameMeter {
  readonly #intake: Intake;
  /** Bytes of the prefix that have arrived. */
  #prefix = 0;
  /** Bytes of the message that have not arrived. */
  #missing = 0;
  /** Bytes that have arrived of a message that is incomplete. */
  #arrived = 0;
  /** Bytes that are reserved. */
  #reserved = 0;

  constructor(intake: Intake) {
    this.#intake = intake;
  }

  /** Whether a message has begun and not ended. */
  get incomplete(): boolean {
    return this.#prefix > 0 || this.#missing > 0;
  }

  /** False: there is no room for what is incomplete. */
  read(chunk: Buffer): boolean {
    let position = 0;
    while (position < chunk.length) position += this.#missing > 0 ? this.#skip(chunk.length - position) : this.#begin(chunk, position);
    return this.#reserve(this.incomplete ? this.#arrived : 0);
  }

  /** The call is over. */
  release(): void {
    this.#reserve(0);
  }

  #skip(available: number): number {
    const part = Math.min(this.#missing, available);
    this.#missing -= part;
    this.#arrived += part;
    return part;
  }

  #begin(chunk: Buffer, position: number): number {
    if (this.#prefix === 0) [this.#arrived, this.#size] = [0, 0];
    else this.#size = this.#size * 256 + (chunk[position] ?? 0);
    this.#prefix += 1;
    this.#arrived += 1;
    if (this.#prefix === PREFIX) [this.#prefix, this.#missing] = [0, this.#size];
    return 1;
  }

  /** The size of the message as far as its prefix is known. */
  #size = 0;

  #reserve(bytes: number): boolean {
    if (bytes > this.#reserved && !this.#intake.take(bytes - this.#reserved)) return false;
    if (bytes < this.#reserved) this.#intake.give(this.#reserved - bytes);
    this.#reserved = bytes;
    return true;
  }
}
