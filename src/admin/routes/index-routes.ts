/** `GET /`: the list of paths, in plain text. */
import type { Hono } from 'hono';

const INDEX = `Lifeboat

/healthz            whether the process is alive
/readyz             whether every source is loaded
/metrics            metrics for Prometheus
/api/v1/resources   resources with their statuses (kind, namespace, name)
/api/v1/proxies     the connected clients and their states (id)
/api/v1/snapshot    what an Envoy gets (nodeId, locality, labels, cluster, metadata; or proxy, acked)
/api/v1/explain     the tiers of a hostname for a client (hostname, port, from, labels, cluster)
/api/v1/hostnames   the failover hostnames
/api/v1/hostname-addresses   the address of each where connections are intercepted (cluster, mesh)
`;

export function addIndexRoutes(app: Hono): void {
  app.get('/', (context) => context.text(INDEX));
}
