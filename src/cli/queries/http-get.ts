/** One GET request over HTTP or HTTPS. Uses node:http, because the first `fetch` costs 50 ms of CPU, and each megabyte another 50 ms. */
import type { IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** The response did not arrive completely in time. */
export class HttpTimeout extends Error {
  override readonly name = 'HttpTimeout';

  /** In milliseconds. */
  constructor(limit: number) {
    super(`no answer within ${String(limit / 1000)} s`);
  }
}

/**
 * Does not follow redirects.
 * @param limit timeout of the whole response, in milliseconds.
 * @throws HttpTimeout, or the system's error (`ECONNREFUSED`, …).
 */
export async function httpGet(url: URL, limit: number): Promise<HttpAnswer> {
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const options: RequestOptions = { agent: false, headers: { Accept: 'application/json' } };
  return new Promise((resolve, reject) => {
    const call = request(url, options, (response) => {
      textOf(response).then(
        (text) => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        reject,
      );
    });
    const timer = setTimeout(() => call.destroy(new HttpTimeout(limit)), limit);
    call.once('close', () => clearTimeout(timer));
    call.once('error', reject);
    call.end();
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
