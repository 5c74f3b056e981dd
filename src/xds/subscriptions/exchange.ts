/** The exchange about one type on a stream, in terms of the protocol: nonces, versions and names. */
import { type Coverage, NOTHING, NO_BYTES } from '../resources/coverage.js';

export class Exchange {
  #named = false;
  #carriedOver: Coverage = NOTHING;
  #nameBytes: Buffer = NO_BYTES;
  #renewing: string | undefined;
  #renewingSince: number | undefined;
  #lastNonce = '';
  #sentVersion: string | undefined;
  #ackedVersion: string | undefined;
  #since: number = Date.now();

  /** Whether the client has named a resource. From then on, an empty list means nothing, not everything. */
  get named(): boolean {
    return this.#named;
  }

  /** State of the world: what the client may hold from an earlier stream. It does not say what it holds of this. */
  get carriedOver(): Coverage {
    return this.#carriedOver;
  }

  /** `resource_names` of the last state-of-the-world request, as bytes. */
  get nameBytes(): Buffer {
    return this.#nameBytes;
  }

  /** The nonce of a renewal without an answer. */
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

  /** The version of the last accepted response, or of an earlier stream. */
  get ackedVersion(): string | undefined {
    return this.#ackedVersion;
  }

  /** When the last response was sent or answered, in milliseconds since the epoch. */
  get since(): number {
    return this.#since;
  }

  /** The first request has a version, of an earlier stream, and asks for this. */
  cameBack(coverage: Coverage): void {
    this.#carriedOver = coverage;
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

  rejected(): void {
    this.#since = Date.now();
  }

  /** A renewal with this nonce was sent. It contains only resources that the client holds. */
  renewed(nonce: string, now: number): void {
    this.#renewing = nonce;
    this.#renewingSince = now;
    this.#lastNonce = nonce;
  }

  /** The renewal was answered, or will not be answered. */
  renewalOver(): void {
    this.#renewing = undefined;
    this.#renewingSince = undefined;
  }

  /** The client reconnected and holds all resources in this version. */
  resumedAt(version: string): void {
    this.#sentVersion = version;
    this.#ackedVersion = version;
  }
}
