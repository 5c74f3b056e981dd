/** The middleware that asks for the bearer token. The commands do not load it, unlike the rest of the middleware. */
import type { MiddlewareHandler } from 'hono';
import { bearerAuth } from 'hono/bearer-auth';

/** Responds with 401 to requests without a valid bearer token. https://www.rfc-editor.org/rfc/rfc6750 */
export function onlyWithToken(verifyToken: (token: string) => boolean): MiddlewareHandler {
  const message = {
    error: 'This address needs a bearer token: lifeboat --server-token-file, or "Authorization: Bearer TOKEN".',
  };
  const wrong = { error: 'The bearer token is not valid.' };
  return bearerAuth({
    verifyToken,
    noAuthenticationHeader: { message },
    invalidAuthenticationHeader: { message },
    invalidToken: { message: wrong },
  });
}
