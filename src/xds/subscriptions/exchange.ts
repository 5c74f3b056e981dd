/** What was said on the stream about one type, as the protocol words it: nonces and versions. */
import { NO_BYTES } from '../resources/coverage.js';

export class Exchange {
  #named = false;
  #comesBack = false;
  #nameBytes: Buffer = NO_BYTES;
  #renewing: string | undefined;
  #renewingSince: number | undefined;
  #lastNonce = '';
  #sentVersion: string | undefined;
  #ackedVersion: string | undefined;
  #since: number = Date.now();

  /** The client has named something at least once: an empty list means nothing from then on. */
  get named(): boolean {
    return this.#named;
  }

  /** Its first request had a version, of an earlier stream. */
  get comesBack(): boolean {
    return this.#comesBack;
  }

  /** `resource_names` of the last state-of-the-world request, as bytes. */
  get nameBytes(): Buffer {
    return this.#nameBytes;
  }

  /** Nonce of a renewal that is not answered yet. */
  get renewing(): string | undefined {
    return this.#renewing;
  }

  /** When that renewal was sent, in monotonic milliseconds. */
  get renewingSince(): number | undefined {
    return this.#renewingSince;
  }

  get lastNonce(): string {
    return this.#lastNonce;
  }

  get sentVersion(): string | undefined {
    return this.#sentVersion;
  }

  /** Of the last response that was answered, or that the client came with. */
  get ackedVersion(): string | undefined {
    return this.#ackedVersion;
  }

  /** Milliseconds since the epoch of the last response or answer. */
  get since(): number {
    return this.#since;
  }

  /** The first request has this version. */
  began(version: string): void {
    this.#comesBack = version !== '';
  }

  /** The client has named something. */
  hasNamed(): void {
    this.#named = true;
  }

  /** The names of the last state-of-the-world request. */
  listed(bytes: Buffer): void {
    this.#nameBytes = bytes;
  }

  sent(nonce: string, version: string): void {
    this.#lastNonce = nonce;
    this.#sentVersion = version;
    this.#since = Date.now();
  }

  accepted(version: string): void {
    this.#ackedVersion = version;
    this.#since = Date.now();
  }

  refused(): void {
    this.#since = Date.now();
  }

  /** A renewal of what the client holds is on its way: a response with this nonce with nothing new. */
  renewed(nonce: string, now: number): void {
    this.#renewing = nonce;
    this.#renewingSince = now;
    this.#lastNonce = nonce;
  }

  /** The renewal was answered, or will not be. */
  renewalOver(): void {
    this.#renewing = undefined;
    this.#renewingSince = undefined;
  }

  /** The client comes back with this version of all that there is. */
  resumedAt(version: string): void {
    this.#sentVersion = version;
    this.#ackedVersion = version;
  }
}
