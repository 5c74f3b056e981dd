/** `GET /api/v1/explain`: where the traffic of a client to a hostname goes. */
import type { Hono } from 'hono';
import type { ControlPlaneApi } from '../../control-plane/api/api.js';
import { EXPLAIN_PARAMETERS, readExplainQuery } from '../queries/explain-query.js';
import { MalformedInput } from '../queries/malformed-input.js';
import { NotFound } from './not-found.js';
import { readParameters } from '../queries/parameters.js';

export function addExplainRoutes(app: Hono, controlPlane: Pick<ControlPlaneApi, 'explain'>): void {
  app.get('/api/v1/explain', (context) => {
    const result = controlPlane.explain(
      readExplainQuery(readParameters(context.req.url, { once: EXPLAIN_PARAMETERS })),
    );
    if (!('error' in result)) return context.json(result);
    if (result.reason === 'ambiguous') throw new MalformedInput(result.error);
    throw new NotFound(result.error);
  });
}
