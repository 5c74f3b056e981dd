/** `GET /api/v1/snapshot`: what an Envoy of this description gets, whether it is connected or not. */
import type { Hono } from 'hono';
import type { ControlPlaneApi } from '../control-plane/api.js';
import { readParameters } from './parameters.js';
import { readSnapshotQuery, REPEATABLE_SNAPSHOT_PARAMETERS, SNAPSHOT_PARAMETERS } from './snapshot-query.js';

export function addSnapshotRoutes(app: Hono, controlPlane: Pick<ControlPlaneApi, 'snapshot'>): void {
  app.get('/api/v1/snapshot', (context) => {
    const parameters = readParameters(context.req.url, {
      once: SNAPSHOT_PARAMETERS,
      repeatable: REPEATABLE_SNAPSHOT_PARAMETERS,
    });
    return context.json(controlPlane.snapshot(readSnapshotQuery(parameters)));
  });
}
