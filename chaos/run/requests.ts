/** Steady requests to an Envoy. Failures are recorded with the time of the request. */
import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { send } from '../../integration/support/clients/http-client.js';
import type { History } from '../history/file.js';

export interface RequestsOptions {
  readonly proxy: string;
  readonly address: string;
  readonly port: number;
  /** The `Host` headers, in turn. */
  readonly hosts: readonly string[];
}

/** Requests at the same time, and the time between two of each, in milliseconds. */
const CONCURRENCY = 4;
const PAUSE_MS = 4;

export class Requests {
  readonly #options: RequestsOptions;
  readonly #history: History;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  readonly #workers: readonly Promise<void>[];
  #stopping = false;
  #sent = 0;

  constructor(history: History, options: RequestsOptions) {
    this.#history = history;
    this.#options = options;
    this.#workers = Array.from({ length: CONCURRENCY }, () => this.#work());
  }

  /** Waits for the requests in progress. Returns the number of all requests. */
  async stop(): Promise<number> {
    this.#stopping = true;
    await Promise.all(this.#workers);
    this.#agent.destroy();
    return this.#sent;
  }

  async #work(): Promise<void> {
    while (!this.#stopping) {
      const host = this.#options.hosts[this.#sent % this.#options.hosts.length] ?? '';
      this.#sent += 1;
      await this.#exchange(host);
      await delay(PAUSE_MS);
    }
  }

  async #exchange(host: string): Promise<void> {
    const { proxy, address, port } = this.#options;
    const sentAt = this.#history.now();
    const failed = (reason: string): void => this.#history.add({ kind: 'failure', proxy, host, sentAt, reason });
    try {
      const { status, body } = await send({ address, port, agent: this.#agent, headers: { host } });
      if (status < 200 || status > 299) failed(`${status} ${body.slice(0, 200)}`);
    } catch (error) {
      failed(error instanceof Error ? error.message : String(error));
    }
  }
}
