/**
 * Steady traffic through an Envoy: a number of concurrent requests, each followed by the next, and an account of answers and failures. One
 * keep-alive connection for each concurrent request.
 */
import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually, type EventuallyOptions } from '../processes/eventually.js';
import { send, type HttpResponse } from './http-client.js';

export interface TrafficOptions {
  readonly address: string;
  readonly port: number;
  /** The `Host` header. Several: in turn. */
  readonly host: string | readonly string[];
  /** Default `GET`. */
  readonly method?: string;
  /** Default `/`. */
  readonly path?: string;
  /** Number of concurrent requests. Default: 1. */
  readonly concurrency?: number;
  /** Time from a response to the next request, in milliseconds. Default: 0. */
  readonly pause?: number;
  /** The backend of a response. Default: its header `x-backend`. */
  readonly backendOf?: (response: HttpResponse) => string;
  /** Called for every failed request. */
  readonly onFailure?: (failed: FailedRequest) => void;
}

export interface FailedRequest {
  /** Its `Host` header. */
  readonly host: string;
  /** The time of the request, in milliseconds since {@link performance.timeOrigin}. */
  readonly sentAt: number;
  readonly reason: string;
}

export interface Failure {
  /** Time since the start of the traffic, in milliseconds. */
  readonly at: number;
  /** The status or the error, with the beginning of the body. */
  readonly reason: string;
}

/** The results so far. `failed` counts responses other than 2xx, and requests without a response. */
export interface Account {
  readonly answered: Readonly<Record<string, number>>;
  readonly failed: number;
  /** The first failures, at most {@link KEPT_FAILURES}. */
  readonly failures: readonly Failure[];
  /** Duration of the slowest request, in milliseconds. */
  readonly slowest: number;
}

const KEPT_FAILURES = 20;

export class Traffic {
  readonly #options: TrafficOptions;
  readonly #agent: Agent;
  readonly #began = performance.now();
  readonly #hosts: readonly string[];
  readonly #workers: readonly Promise<void>[];
  readonly #answered = new Map<string, number>();
  readonly #failures: Failure[] = [];
  #sent = 0;
  #failed = 0;
  #slowest = 0;
  #stopping = false;

  constructor(options: TrafficOptions) {
    const concurrency = options.concurrency ?? 1;
    this.#options = options;
    this.#hosts = typeof options.host === 'string' ? [options.host] : options.host;
    this.#agent = new Agent({ keepAlive: true, maxSockets: concurrency });
    this.#workers = Array.from({ length: concurrency }, () => this.#work());
  }

  account(): Account {
    return {
      answered: Object.fromEntries(this.#answered),
      failed: this.#failed,
      failures: [...this.#failures],
      slowest: this.#slowest,
    };
  }

  /** The number of requests answered with 2xx, by one backend or by all. */
  answered(backend?: string): number {
    if (backend !== undefined) return this.#answered.get(backend) ?? 0;
    return [...this.#answered.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Waits until `count` consecutive requests were answered by these backends and no other. */
  async settlesOn(backends: readonly string[], count = 100, options: EventuallyOptions = {}): Promise<void> {
    const others = (): number => this.answered() - backends.reduce((sum, name) => sum + this.answered(name), 0);
    let start = { others: others(), total: this.answered() };
    await eventually(
      () => {
        if (others() !== start.others) start = { others: others(), total: this.answered() };
        return this.answered() - start.total >= count;
      },
      { what: `all traffic goes to ${backends.join(', ')}`, ...options },
    );
  }

  /** Waits until `count` more requests were answered, by any backend. */
  async goesOn(count = 50, options: EventuallyOptions = {}): Promise<void> {
    const goal = this.answered() + count;
    await eventually(() => this.answered() >= goal, { what: `${count} more requests are answered`, ...options });
  }

  /** Waits until `count` more requests have failed. */
  async fails(count: number): Promise<void> {
    const goal = this.#failed + count;
    await eventually(() => this.#failed >= goal, { what: `${count} more requests fail` });
  }

  /** Waits for the requests in progress and returns the whole account. */
  async stop(): Promise<Account> {
    this.#stopping = true;
    await Promise.all(this.#workers);
    this.#agent.destroy();
    return this.account();
  }

  async #work(): Promise<void> {
    const pause = this.#options.pause ?? 0;
    while (!this.#stopping) {
      await this.#exchange();
      if (pause > 0) await delay(pause);
    }
  }

  async #exchange(): Promise<void> {
    const host = this.#hosts[this.#sent % this.#hosts.length] ?? '';
    this.#sent += 1;
    const sentAt = performance.now();
    const failed = (reason: string): void => this.#fail({ host, sentAt, reason });
    try {
      const { address, port, method, path } = this.#options;
      const response = await send({
        address,
        port,
        agent: this.#agent,
        headers: { host },
        method: method ?? 'GET',
        path: path ?? '/',
      });
      if (response.status >= 200 && response.status <= 299) this.#count(response);
      else failed(`${response.status} ${response.body.slice(0, 200)}`);
    } catch (error) {
      failed(error instanceof Error ? error.message : String(error));
    }
    this.#slowest = Math.max(this.#slowest, performance.now() - sentAt);
  }

  #count(response: HttpResponse): void {
    const backend = this.#options.backendOf?.(response) ?? String(response.headers['x-backend'] ?? 'unknown');
    this.#answered.set(backend, (this.#answered.get(backend) ?? 0) + 1);
  }

  #fail(failure: FailedRequest): void {
    const { reason } = failure;
    this.#failed += 1;
    this.#options.onFailure?.(failure);
    if (this.#failures.length < KEPT_FAILURES) {
      this.#failures.push({ at: Math.round(performance.now() - this.#began), reason });
    }
  }
}
