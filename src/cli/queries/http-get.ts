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

export interface HttpOptions {
  /** Timeout of the whole response, in milliseconds. */
  readonly limitMs: number;
  /** A bearer token. */
  readonly token?: string;
  /** Certificates of authorities, as PEM. Default: those that Node.js trusts. */
  readonly ca?: string;
}

/**
 * Does not follow redirects.
 * @throws HttpTimeout, or the system's error (`ECONNREFUSED`, …).
 */
export async function httpGet(url: URL, { limitMs, token, ca }: HttpOptions): Promise<HttpAnswer> {
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const options: RequestOptions & { readonly ca?: string } = {
    agent: false,
    headers: { Accept: 'application/json', ...(token !== undefined && { Authorization: `Bearer ${token}` }) },
    ...(ca !== undefined && { ca }),
  };
  return new Promise((resolve, reject) => {
    const call = request(url, options, (response) => {
      textOf(response).then(
        (text) => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        reject,
      );
    });
    const timer = setTimeout(() => call.destroy(new HttpTimeout(limitMs)), limitMs);
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
