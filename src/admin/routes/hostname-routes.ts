/** `GET /api/v1/hostnames`: the failover hostnames, for a hosts file or a DNS zone. `hostname-addresses`: their addresses for Envoys with interception. */
import type { Hono } from 'hono';
import type { ControlPlaneApi } from '../../control-plane/api/api.js';
import { readParameters } from '../queries/parameters.js';

export function addHostnameRoutes(
  app: Hono,
  controlPlane: Pick<ControlPlaneApi, 'hostnames' | 'hostnameAddresses'>,
): void {
  app.get('/api/v1/hostnames', (context) => {
    readParameters(context.req.url, { once: [] });
    return context.json({ items: controlPlane.hostnames() });
  });
  app.get('/api/v1/hostname-addresses', (context) => {
    const parameters = readParameters(context.req.url, { once: ['cluster', 'mesh'] });
    const query = { cluster: parameters.get('cluster') ?? '', mesh: parameters.get('mesh') ?? '' };
    return context.json({ items: controlPlane.hostnameAddresses(query) });
  });
}
