/** Texts under a prefix that one process at a time keeps up to date. It must not know what they say. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type EtcdChange, type EtcdGuard, commitChanges, listPrefix, portionsOf } from './client.js';
import type { EtcdConnection } from './connection.js';

/** Milliseconds between two transactions of up to 100 texts. */
const PAUSE_MS = 1_000;

export class KeptTexts {
  readonly #connection: EtcdConnection;
  readonly #prefix: string;
  readonly #pauseMs: number;
  readonly #closing = new AbortController();
  /** What is there, by key. `undefined`: not known. */
  #known: Map<string, string> | undefined;

  /** `pauseMs`: between two transactions. Default: {@link PAUSE_MS}. */
  constructor(connection: EtcdConnection, prefix: string, { pauseMs = PAUSE_MS } = {}) {
    this.#connection = connection;
    this.#prefix = prefix;
    this.#pauseMs = pauseMs;
  }

  /**
   * Makes the texts under the prefix these, by key. Writes only what differs.
   * @returns whether they are so; `false`: the guard does not hold any more.
   * @throws EtcdError, after which it is not known what is there; AbortError after `close`
   */
  async replace(texts: ReadonlyMap<string, string>, guard: EtcdGuard): Promise<boolean> {
    try {
      const known = (this.#known ??= await this.#read());
      const portions = portionsOf(changesBetween(known, texts));
      for (const [index, portion] of portions.entries()) {
        if (index > 0) await sleep(this.#pauseMs, undefined, { signal: this.#closing.signal });
        if ((await commitChanges(this.#connection, portion, guard)) === undefined) {
          this.#known = undefined;
          return false;
        }
        for (const { key } of portion) keep(known, key, texts.get(key));
      }
      return true;
    } catch (error) {
      this.#known = undefined;
      throw error;
    }
  }

  /** Others may have written. */
  forget(): void {
    this.#known = undefined;
  }

  /** Ends writing before the next transaction. */
  close(): void {
    this.#closing.abort();
  }

  async #read(): Promise<Map<string, string>> {
    const { entries } = await listPrefix(this.#connection, this.#prefix);
    return new Map(entries.map(({ key, value }) => [key, value.toString('utf8')]));
  }
}

function changesBetween(known: ReadonlyMap<string, string>, texts: ReadonlyMap<string, string>): readonly EtcdChange[] {
  const written = [...texts].filter(([key, text]) => known.get(key) !== text);
  const gone = [...known.keys()].filter((key) => !texts.has(key));
  return [
    ...written.map(([key, text]) => ({ key, value: Buffer.from(text) })),
    ...gone.map((key) => ({ key, value: undefined })),
  ];
}

function keep(known: Map<string, string>, key: string, text: string | undefined): void {
  if (text === undefined) known.delete(key);
  else known.set(key, text);
}
