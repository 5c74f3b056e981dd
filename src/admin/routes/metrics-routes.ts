/** `GET /metrics` in the text format of Prometheus. */
import type { Hono } from 'hono';
import type { Registry } from 'prom-client';
import type { ControlPlaneApi } from '../../control-plane/api/api.js';
import { runInTurns } from '../../turns/run-in-turns.js';

export function addMetricsRoutes(
  app: Hono,
  registry: Registry,
  controlPlane: Pick<ControlPlaneApi, 'countsInSteps'>,
): void {
  app.get('/metrics', async (context) => {
    // The first time, every resource is counted. Streams go on meanwhile, unlike when the registry asks for the counts.
    await runInTurns(controlPlane.countsInSteps());
    return context.body(await registry.metrics(), 200, { 'Content-Type': registry.contentType });
  });
}
