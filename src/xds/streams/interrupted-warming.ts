/**
 * Load assignments that clients waited for when their streams ended. Envoy comes back with the version that it holds and
 * does not say that a changed cluster still waits for it, so it is sent once more. Nothing is known after a restart of the
 * server; then Envoy takes the one that it holds after `initial_fetch_timeout`, and its cluster serves as before until then.
 * https://github.com/envoyproxy/envoy/issues/13009
 */
import { bytesOfNames } from '../wire/recent.js';

/** Of how many clients it is remembered; the oldest is forgotten first. */
const MAX_CLIENTS = 4096;
/** More names of one client than these stand for all. */
const MAX_NAMES = 256;
/** Of the names of all clients. While there are more, all names of a client are taken instead of those that it waits for. */
const MAX_NAME_BYTES = 8 << 20;

/** Everything that the client asks for. */
export const ALL_NAMES = Symbol('all names');

export type WaitedFor = ReadonlySet<string> | typeof ALL_NAMES;

export class InterruptedWarming {
  /** By identity of the client. */
  readonly #clients = new Map<string, WaitedFor>();
  #nameBytes = 0;

  get size(): number {
    return this.#clients.size;
  }

  /** An estimate of what the names cost. */
  get nameBytes(): number {
    return this.#nameBytes;
  }

  /** The stream of this client ended while it waited for these. */
  interrupted(identity: string, names: ReadonlySet<string>): void {
    if (names.size === 0) return;
    this.#forget(identity);
    const bytes = names.size > MAX_NAMES ? Infinity : bytesOfNames(names);
    const fits = this.#nameBytes + bytes <= MAX_NAME_BYTES;
    this.#clients.set(identity, fits ? names : ALL_NAMES);
    if (fits) this.#nameBytes += bytes;
    for (const oldest of this.#clients.keys()) {
      if (this.#clients.size <= MAX_CLIENTS) return;
      this.#forget(oldest);
    }
  }

  #forget(identity: string): void {
    const names = this.#clients.get(identity);
    if (names !== undefined && names !== ALL_NAMES) this.#nameBytes -= bytesOfNames(names);
    this.#clients.delete(identity);
  }

  /** The client is back and asks for load assignments: what it waited for, once. */
  take(identity: string): WaitedFor | undefined {
    const names = this.#clients.get(identity);
    this.#forget(identity);
    return names;
  }
}
