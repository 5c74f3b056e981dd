/**
 * What every request to the admin address passes first: only reading methods, and no foreign `Host` where the address is
 * reachable from this machine only. Knows no route.
 */
import type { MiddlewareHandler } from 'hono';
import { isLoopback } from './text-forms.js';

/** Answers all but GET and HEAD with 405: the admin address changes nothing. OPTIONS included, for there is no CORS here. */
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
 * Answers 403 where the `Host` header names neither `localhost` nor a loopback address. A web page whose own name was made to
 * resolve to 127.0.0.1 (DNS rebinding) sends its own name there.
 */
export function onlyLoopbackHosts(): MiddlewareHandler {
  return async (context, next) => {
    const host = hostName(context.req.header('host') ?? '');
    if (isLoopback(host)) return next();
    return context.json({ error: `Host "${host}" is not accepted: this address answers to localhost only.` }, 403);
  };
}

/** The header of every answer that says which version of Lifeboat gives it. */
export const VERSION_HEADER = 'Lifeboat-Version';

/** Keeps browsers and proxies from guessing types and from storing answers, and says who answers. */
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
