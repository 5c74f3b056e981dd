/**
 * Load assignments that clients were waiting for when their streams ended. After a reconnect, Envoy names the versions that it holds, but not
 * that a changed cluster still waits for its load assignment. The server therefore sends it again. After a restart of the server this is
 * unknown. Envoy then uses the load assignment that it holds after `initial_fetch_timeout`; until then the old cluster serves requests.
 * https://github.com/envoyproxy/envoy/issues/13009
 */
import { bytesOfNames } from '../wire/recent.js';

/** Limit of remembered clients. The oldest is forgotten first. */
const MAX_CLIENTS = 4096;
/** A client with more names than this is sent all load assignments. */
const MAX_NAMES = 256;
/** Limit of the size of all names. Above it, clients are sent all load assignments. */
const MAX_NAME_BYTES = 8 << 20;

/** All load assignments that the client subscribes to. */
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

  /** The stream of this client ended while it was waiting for these names. */
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

  /** The names that a reconnected client was waiting for. Returned once. */
  take(identity: string): WaitedFor | undefined {
    const names = this.#clients.get(identity);
    this.#forget(identity);
    return names;
  }
}
