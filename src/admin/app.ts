/**
 * The HTTP application of the admin address: middleware, routes, and responses to errors. It must not open a port.
 */
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Registry } from 'prom-client';
import type { ControlPlaneApi } from '../control-plane/api/api.js';
import { LongAnswers } from './routes/long-answers.js';
import { onlyWithToken } from './bearer-token.js';
import { onlyLoopbackHosts, onlySameSite, plainAnswers, readOnly } from './middleware.js';
import { addExplainRoutes } from './routes/explain-routes.js';
import { addHealthRoutes, type Readiness } from './routes/health-routes.js';
import { addHostnameRoutes } from './routes/hostname-routes.js';
import { addIndexRoutes } from './routes/index-routes.js';
import { MalformedInput } from './queries/malformed-input.js';
import { addMetricsRoutes } from './routes/metrics-routes.js';
import { NOT_FOUND, NotFound } from './routes/not-found.js';
import { addProxyRoutes } from './routes/proxy-routes.js';
import { addResourceRoutes } from './routes/resource-routes.js';
import { addSnapshotRoutes } from './routes/snapshot-routes.js';

export interface AdminOptions {
  /** The version of the program. */
  readonly version: string;
  readonly controlPlane: ControlPlaneApi;
  readonly readiness: () => Readiness;
  readonly registry: Registry;
  /** Called with each error that the client did not cause. */
  readonly onError: (error: Error, path: string) => void;
  /** Whether to accept only requests whose `Host` is localhost or a loopback address, for an address on loopback. */
  readonly loopbackOnly: boolean;
  /** Whether a bearer token is valid. Absent: requests need no token. */
  readonly verifyToken?: (token: string) => boolean;
}

/** Creates the application. Responses to errors are `{"error": "sentence"}`. */
export function createAdminApp(options: AdminOptions): Hono {
  const { controlPlane } = options;
  const app = new Hono();
  const answers = new LongAnswers();
  app.use(plainAnswers(options.version), readOnly());
  if (options.loopbackOnly) app.use(onlyLoopbackHosts());
  app.use(onlySameSite());
  addHealthRoutes(app, options.readiness);
  if (options.verifyToken !== undefined) app.use(onlyWithToken(options.verifyToken));
  addIndexRoutes(app);
  addMetricsRoutes(app, options.registry, controlPlane);
  addResourceRoutes(app, controlPlane, answers);
  addProxyRoutes(app, controlPlane);
  addSnapshotRoutes(app, controlPlane, answers);
  addExplainRoutes(app, controlPlane);
  addHostnameRoutes(app, controlPlane);
  app.notFound((context) => context.json({ error: `There is nothing at ${context.req.path}.` }, 404));
  app.onError((error, context) => {
    if (error instanceof HTTPException && error.res === undefined)
      return context.json({ error: error.message }, error.status);
    if (error instanceof HTTPException) return error.getResponse();
    if (error instanceof MalformedInput) return context.json({ error: error.message }, 400);
    if (error instanceof NotFound) return context.json({ error: error.message, reason: NOT_FOUND }, 404);
    options.onError(error, context.req.path);
    return context.json({ error: 'Internal error. The log has the details.' }, 500);
  });
  return app;
}
