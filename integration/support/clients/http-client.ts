/**
 * One HTTP/1.1 request and its whole response. Uses `node:http`, because `fetch` does not allow setting the `Host` header.
 */
import { request, type Agent, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';

export interface HttpRequest {
  readonly address: string;
  readonly port: number;
  /** Default `GET`. */
  readonly method?: string;
  /** Default `/`. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Maximum time without data, in milliseconds. Default: 30 000. */
  readonly timeout?: number;
  readonly agent?: Agent;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Rejects if there is no complete response: refused, reset, cut off, or too late. */
export function send(options: HttpRequest): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: options.address,
      port: options.port,
      method: options.method ?? 'GET',
      path: options.path ?? '/',
      headers: options.headers,
      agent: options.agent,
      timeout: options.timeout ?? 30_000,
    });
    outgoing.once('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.once('response', (response) => {
      collect(response).then(resolve, reject);
    });
    outgoing.on('error', reject);
    outgoing.end(options.body);
  });
}

async function collect(response: IncomingMessage): Promise<HttpResponse> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() };
}
