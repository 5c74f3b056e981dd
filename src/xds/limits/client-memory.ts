/**
 * What clients make the server remember, in bytes: the names that they subscribe to, the resources that they say they hold, and their
 * nodes. It is bounded for a stream, for all streams of an address, and for all streams together. It must not know what is remembered.
 *
 * Streams that subscribe to the same names share them in memory, so an address, and the server, pay for the same names once; otherwise
 * a fleet of Envoys with the same configuration would need a limit that protects nobody. A stream pays for all of its own names, shared
 * or not: whether it is within its limit does not depend on other streams.
 */
import type { LimitName } from '../transport/limit-name.js';
import { STATUS, StreamError } from '../transport/message-stream.js';

/** Bytes; Infinity for no limit. */
export interface ClientMemoryLimits {
  readonly maxRememberedBytesPerStream: number;
  readonly maxRememberedBytesPerAddress: number;
  readonly maxRememberedBytes: number;
}

/** Things that are remembered, each once, however many streams refer to it. */
class Pool {
  readonly #items = new Map<object, { readonly bytes: number; users: number }>();
  bytes = 0;

  get size(): number {
    return this.#items.size;
  }

  hold(item: object, bytes: number): void {
    const known = this.#items.get(item);
    if (known !== undefined) {
      known.users += 1;
      return;
    }
    this.#items.set(item, { bytes, users: 1 });
    this.bytes += bytes;
  }

  /** One reference less. Returns false for what is not here. */
  release(item: object): boolean {
    const known = this.#items.get(item);
    if (known === undefined) return false;
    known.users -= 1;
    if (known.users > 0) return true;
    this.#items.delete(item);
    this.bytes -= known.bytes;
    return true;
  }

  /** Each item as often as it is referred to. */
  *references(): Generator<object, void> {
    for (const [item, { users }] of this.#items) for (let user = 0; user < users; user += 1) yield item;
  }
}

export class ClientMemory {
  readonly #limits: ClientMemoryLimits;
  readonly #all = new Pool();
  readonly #addresses = new Map<string, Pool>();

  constructor(limits: ClientMemoryLimits) {
    this.#limits = limits;
  }

  /** Bytes of all that is remembered. */
  get bytes(): number {
    return this.#all.bytes;
  }

  /** Addresses with something that is remembered. */
  get addresses(): number {
    return this.#addresses.size;
  }

  /** The account of one more stream of this address. */
  open(address: string): StreamMemory {
    return new StreamMemory(this.#limits, {
      addressBytes: () => this.#addresses.get(address)?.bytes ?? 0,
      allBytes: () => this.#all.bytes,
      hold: (item, bytes) => {
        const pool = this.#addresses.get(address) ?? new Pool();
        this.#addresses.set(address, pool);
        pool.hold(item, bytes);
        this.#all.hold(item, bytes);
      },
      release: (item) => {
        const pool = this.#addresses.get(address);
        pool?.release(item);
        if (pool?.size === 0) this.#addresses.delete(address);
        this.#all.release(item);
      },
    });
  }
}

interface SharedMemory {
  addressBytes(): number;
  allBytes(): number;
  hold(item: object, bytes: number): void;
  release(item: object): void;
}

/** What one stream makes the server remember. */
export class StreamMemory {
  readonly #limits: ClientMemoryLimits;
  readonly #shared: SharedMemory;
  readonly #own = new Pool();
  #grown = false;

  constructor(limits: ClientMemoryLimits, shared: SharedMemory) {
    this.#limits = limits;
    this.#shared = shared;
  }

  /** Bytes of all that this stream refers to, shared with others or not. */
  get bytes(): number {
    return this.#own.bytes;
  }

  /**
   * Throws StreamError if `bytes` more, `replaced` of which take the place of others, would be too much for one stream: to be called before
   * anything is made of what the client sent.
   */
  require(bytes: number, replaced = 0): void {
    const { maxRememberedBytesPerStream: limit } = this.#limits;
    if (this.#own.bytes - replaced + bytes > limit) throw tooMuch('remembered-per-stream', limit);
  }

  /** The stream refers to this item. The same item may be held several times; `bytes` counts the first time. */
  hold(item: object, bytes: number): void {
    this.#own.hold(item, bytes);
    this.#shared.hold(item, bytes);
    if (bytes > 0) this.#grown = true;
  }

  /** Takes one `hold` back. */
  release(item: object): void {
    if (this.#own.release(item)) this.#shared.release(item);
  }

  /** Throws StreamError if something was held since the last call, and a limit is exceeded now. */
  check(): void {
    if (!this.#grown) return;
    this.#grown = false;
    const { maxRememberedBytesPerAddress, maxRememberedBytes } = this.#limits;
    this.require(0);
    if (this.#shared.addressBytes() > maxRememberedBytesPerAddress)
      throw tooMuch('remembered-per-address', maxRememberedBytesPerAddress);
    if (this.#shared.allBytes() > maxRememberedBytes) throw tooMuch('remembered', maxRememberedBytes);
  }

  /** The stream has ended: takes all back. */
  close(): void {
    for (const item of [...this.#own.references()]) this.release(item);
  }
}

const WHOSE: Readonly<Partial<Record<LimitName, string>>> = {
  'remembered-per-stream': 'of this stream',
  'remembered-per-address': 'of all streams of this address',
  remembered: 'of all clients',
};

function tooMuch(limit: LimitName, bytes: number): StreamError {
  const message = `names, versions and nodes ${WHOSE[limit] ?? ''} need more than ${String(bytes)} bytes (limit: ${limit})`;
  return new StreamError(STATUS.resourceExhausted, message, limit);
}
