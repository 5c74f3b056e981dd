/** Requests through the Envoy, and the backend that answers them. */
import { once } from 'node:events';
import { Agent, type Server, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { quantile } from '../report/statistics.js';
import { VERSION_HEADER } from './messages.js';

export interface Answer {
  /** 0: no answer within the limit. */
  readonly status: number;
  readonly ms: number;
  /** What the virtual host says of itself. */
  readonly version: number;
}

/** How long a request waits by default, in milliseconds. */
const LIMIT_MS = 10_000;
/** Longer than the measurement, because connections that the backend closes change the memory of Envoy. */
const KEEP_ALIVE_MS = 3_600_000;

export class Client {
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256 });

  constructor(port: number) {
    this.#port = port;
  }

  async get(host: string, limitMs = LIMIT_MS): Promise<Answer> {
    const began = performance.now();
    const answer = (status: number, version = 0): Answer => ({ status, version, ms: performance.now() - began });
    return new Promise((resolve) => {
      const sent = request(
        { host: '127.0.0.1', port: this.#port, agent: this.#agent, setHost: false, headers: { host } },
        (response) => {
          response.resume();
          response.on('end', () => resolve(answer(response.statusCode ?? 0, Number(response.headers[VERSION_HEADER]))));
        },
      );
      sent.setTimeout(limitMs, () => sent.destroy());
      sent.on('error', () => resolve(answer(0)));
      sent.end();
    });
  }

  /** One after the other. */
  async each(hosts: readonly string[]): Promise<readonly Answer[]> {
    const answers: Answer[] = [];
    for (const host of hosts) answers.push(await this.get(host));
    return answers;
  }

  close(): void {
    this.#agent.destroy();
  }
}

export async function startBackend(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (_, response) => response.end('ok'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

/** The time in milliseconds that this share of the answers does not exceed. */
export function latency(answers: readonly Answer[], share: number): number {
  return quantile(
    answers.map(({ ms }) => ms),
    share,
  );
}
