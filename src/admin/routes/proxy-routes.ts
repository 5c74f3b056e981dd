/** `GET /api/v1/proxies[?id=]`: the connected clients and their states. */
import type { Hono } from 'hono';
import type { ControlPlaneApi } from '../../control-plane/api/api.js';
import { readParameters } from '../queries/parameters.js';

export function addProxyRoutes(app: Hono, controlPlane: Pick<ControlPlaneApi, 'proxies'>): void {
  app.get('/api/v1/proxies', (context) => {
    const id = readParameters(context.req.url, { once: ['id'] }).get('id') ?? '';
    return context.json({ items: controlPlane.proxies(id === '' ? {} : { id }) });
  });
}
