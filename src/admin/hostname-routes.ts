/** `GET /api/v1/hostnames`: the failover hostnames that are served, for whoever keeps a hosts file or a DNS zone. */
import type { Hono } from 'hono';
import type { ControlPlaneApi } from '../control-plane/api.js';
import { readParameters } from './parameters.js';

export function addHostnameRoutes(app: Hono, controlPlane: Pick<ControlPlaneApi, 'hostnames'>): void {
  app.get('/api/v1/hostnames', (context) => {
    readParameters(context.req.url, { once: [] });
    return context.json({ items: controlPlane.hostnames() });
  });
}
