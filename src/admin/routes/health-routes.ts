/** `GET /healthz` and `GET /readyz`, for probes. */
import type { Hono } from 'hono';

/** Whether this process should serve Envoys: all sources are loaded and it is not draining. */
export interface Readiness {
  readonly ready: boolean;
  /** A sentence: why it is not ready. */
  readonly reason?: string;
  /** Sentences about problems that do not prevent readiness. */
  readonly details?: readonly string[];
}

export function addHealthRoutes(app: Hono, readiness: () => Readiness): void {
  app.get('/healthz', (context) => context.text('ok\n'));
  app.get('/readyz', (context) => {
    const { ready, reason, details = [] } = readiness();
    return ready
      ? context.text(['ok', ...details, ''].join('\n'))
      : context.json({ error: reason ?? 'Not ready.' }, 503);
  });
}
