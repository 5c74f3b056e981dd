/**
 * Types that a client rejected on its last stream and has not subscribed to since. Some versions of Envoy do not subscribe to clusters again
 * (https://github.com/envoyproxy/envoy/issues/34334) and keep old ones. Their status shows this until they subscribe.
 */
import { NO_NAMES } from '../resources/coverage.js';
import type { Nack } from '../holdings/exception.js';
import type { ClientStatus, TypeStatus } from '../subscriptions/status.js';
import { bytesOfNames } from '../wire/recent.js';

/** Limit of the size of all remembered statuses. The oldest are forgotten first. */
const MAX_BYTES = 4 << 20;
/** Limit of remembered names of one rejected response. */
const MAX_NAMES = 256;
/** An estimate of the size of a status without its message and names. */
const STATUS_BYTES = 512;
/** Limit of remembered pairs of client and type. */
const MAX_REJECTED = 65_536;

interface Remembered {
  readonly types: Map<string, TypeStatus>;
  readonly bytes: number;
}

export class UnresumedTypes {
  /** By identity of the client; the oldest first. */
  readonly #clients = new Map<string, Remembered>();
  /** Pairs of client and type. They are remembered longer than the statuses, because what a client is sent depends on them. */
  readonly #rejected = new Set<string>();
  /** Whether the limit was exceeded: then any client may have rejected resources. */
  #overflowed = false;
  #bytes = 0;

  /** The number of clients with a remembered status. */
  get size(): number {
    return this.#clients.size;
  }

  /** An estimate of the size of the statuses, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The stream of this client ended with this status. */
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

  /** The client subscribed to this type again. */
  resumed(identity: string, typeUrl: string): void {
    if (this.#rejected.size > 0) this.#rejected.delete(keyOf(identity, typeUrl));
    const types = this.#clients.get(identity)?.types;
    if (types?.delete(typeUrl) === true && types.size === 0) this.#forget(identity);
  }

  /** Whether the client may have rejected a resource of this type on its last stream. */
  has(identity: string, typeUrl: string): boolean {
    return this.#overflowed || (this.#rejected.size > 0 && this.#rejected.has(keyOf(identity, typeUrl)));
  }

  /** The types that this client has not subscribed to again. */
  of(identity: string): Iterable<TypeStatus> {
    return this.#clients.get(identity)?.types.values() ?? [];
  }

  /** Adds the types that the client has not subscribed to again. */
  complete(identity: string, status: ClientStatus): ClientStatus {
    const unresumed = [...this.of(identity)];
    return unresumed.length === 0 ? status : { ...status, types: [...status.types, ...unresumed] };
  }
}

/** Without the names of the subscription, of which there may be any number. */
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
