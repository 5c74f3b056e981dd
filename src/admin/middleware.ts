/**
 * The middleware of the admin address: only methods that read, only local `Host` headers if the address is on loopback, and nothing for pages of
 * other sites. It must not know routes.
 */
import type { MiddlewareHandler } from 'hono';
import { isLoopback } from './queries/text-forms.js';

/** Responds to all methods except GET and HEAD with 405, including OPTIONS: there is no CORS. */
export function readOnly(): MiddlewareHandler {
  return async (context, next) => {
    const { method } = context.req;
    if (method === 'GET' || method === 'HEAD') return next();
    return context.json({ error: `Method ${method} is not allowed: only GET and HEAD are.` }, 405, {
      Allow: 'GET, HEAD',
    });
  };
}

/**
 * Responds with 403 if the `Host` header is neither `localhost` nor a loopback address. This prevents DNS rebinding, where a web page
 * whose name resolves to 127.0.0.1 sends that name.
 */
export function onlyLoopbackHosts(): MiddlewareHandler {
  return async (context, next) => {
    const host = hostName(context.req.header('host') ?? '');
    if (isLoopback(host)) return next();
    return context.json({ error: `Host "${host}" is not accepted: this address accepts only localhost.` }, 403);
  };
}

/**
 * Responds with 403 to requests that a page of another site makes a browser send, before anything is computed for them. Links to this address
 * are not such requests, except those to the API. https://www.w3.org/TR/fetch-metadata/
 */
export function onlySameSite(): MiddlewareHandler {
  return async (context, next) => {
    const site = context.req.header('sec-fetch-site') ?? 'none';
    const isLink = context.req.header('sec-fetch-mode') === 'navigate' && !context.req.path.startsWith('/api/');
    if (site === 'none' || site === 'same-origin' || isLink) return next();
    return context.json({ error: 'Requests from pages of other sites are not accepted.' }, 403);
  };
}

/** The header of each response with the version of Lifeboat. */
export const VERSION_HEADER = 'Lifeboat-Version';

/** Adds the version, and headers that prevent content sniffing and caching. */
export function plainAnswers(version: string): MiddlewareHandler {
  return async (context, next) => {
    await next();
    context.header(VERSION_HEADER, version);
    context.header('X-Content-Type-Options', 'nosniff');
    context.header('Cache-Control', 'no-store');
  };
}

function hostName(header: string): string {
  const name = header.toLowerCase().replace(/:\d*$/, '');
  return name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name;
}
