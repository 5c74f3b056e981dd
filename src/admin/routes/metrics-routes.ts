/** `GET /metrics` in the text format of Prometheus. */
import type { Hono } from 'hono';
import type { Registry } from 'prom-client';

export function addMetricsRoutes(app: Hono, registry: Registry): void {
  app.get('/metrics', async (context) =>
    context.body(await registry.metrics(), 200, { 'Content-Type': registry.contentType }),
  );
}
