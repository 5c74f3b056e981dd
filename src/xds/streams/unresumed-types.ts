/**
 * Types that a client rejected on its last stream and has not subscribed to since. Some versions of Envoy do not ask for clusters again after that
 * (https://github.com/envoyproxy/envoy/issues/34334), and then run on stale ones: that shows as long as they do not ask.
 */
import { NO_NAMES } from '../resources/coverage.js';
import type { Nack } from '../holdings/exception.js';
import type { ClientStatus, TypeStatus } from '../subscriptions/status.js';
import { bytesOfNames } from '../wire/recent.js';

/** What the statuses of all clients may cost; the oldest are forgotten first. */
const MAX_BYTES = 4 << 20;
/** Names of one rejected response that are remembered. */
const MAX_NAMES = 256;
/** A status without its words and names. */
const STATUS_BYTES = 512;
/** Types of clients of which it is remembered that something was rejected. */
const MAX_REJECTED = 65_536;

interface Remembered {
  readonly types: Map<string, TypeStatus>;
  readonly bytes: number;
}

export class UnresumedTypes {
  /** By identity of the client; the oldest first. */
  readonly #clients = new Map<string, Remembered>();
  /** Identities and types. They outlast the statuses, since it depends on them what a client is sent. */
  readonly #rejected = new Set<string>();
  /** There were more of them than are remembered: any client may be one. */
  #overflowed = false;
  #bytes = 0;

  /** How many clients there is a status of. */
  get size(): number {
    return this.#clients.size;
  }

  /** An estimate of what the statuses cost. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The stream of this client has gone, in this state. */
  remember(identity: string, { types }: ClientStatus): void {
    const rejected = types.filter(({ error }) => error !== undefined);
    if (rejected.length === 0) return;
    const since = Date.now();
    this.#forget(identity);
    const statuses = rejected.map((status) => unresumedStatus(status, since));
    const bytes = statuses.reduce((sum, status) => sum + bytesOf(status), 0);
    this.#clients.set(identity, { types: new Map(statuses.map((status) => [status.typeUrl, status])), bytes });
    this.#bytes += bytes;
    for (const { typeUrl } of statuses) this.#note(identity, typeUrl);
    for (const oldest of this.#clients.keys()) {
      if (this.#bytes <= MAX_BYTES) return;
      this.#forget(oldest);
    }
  }

  #note(identity: string, typeUrl: string): void {
    if (this.#rejected.size < MAX_REJECTED) this.#rejected.add(keyOf(identity, typeUrl));
    else this.#overflowed = true;
  }

  #forget(identity: string): void {
    this.#bytes -= this.#clients.get(identity)?.bytes ?? 0;
    this.#clients.delete(identity);
  }

  /** The client asked for this type again. */
  resumed(identity: string, typeUrl: string): void {
    if (this.#rejected.size > 0) this.#rejected.delete(keyOf(identity, typeUrl));
    const types = this.#clients.get(identity)?.types;
    if (types?.delete(typeUrl) === true && types.size === 0) this.#forget(identity);
  }

  /** Whether its last stream may have ended with something of this type rejected. */
  has(identity: string, typeUrl: string): boolean {
    return this.#overflowed || (this.#rejected.size > 0 && this.#rejected.has(keyOf(identity, typeUrl)));
  }

  /** The types that this client has not asked for again. */
  of(identity: string): Iterable<TypeStatus> {
    return this.#clients.get(identity)?.types.values() ?? [];
  }

  /** The status with the types that its client has not asked for again. */
  complete(identity: string, status: ClientStatus): ClientStatus {
    const unresumed = [...this.of(identity)];
    return unresumed.length === 0 ? status : { ...status, types: [...status.types, ...unresumed] };
  }
}

/** Without what it subscribed to, which may be any number of names. */
function unresumedStatus(status: TypeStatus, since: number): TypeStatus {
  const { error } = status;
  return { ...status, names: NO_NAMES, error: error && shortened(error), state: 'STALE', since };
}

function shortened(nack: Nack): Nack {
  return nack.names.length <= MAX_NAMES ? nack : { ...nack, names: nack.names.slice(0, MAX_NAMES) };
}

function bytesOf({ error }: TypeStatus): number {
  return STATUS_BYTES + (error === undefined ? 0 : 2 * error.message.length + bytesOfNames(error.names));
}

function keyOf(identity: string, typeUrl: string): string {
  return `${identity}\n${typeUrl}`;
}
