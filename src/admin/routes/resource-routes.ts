/** `GET /api/v1/resources[?kind=&namespace=&name=]`: the resources with their statuses. */
import type { Hono } from 'hono';
import type { ControlPlaneApi, ResourceQuery } from '../../control-plane/api/api.js';
import type { LongAnswers } from './long-answers.js';
import { readParameters } from '../queries/parameters.js';

export function addResourceRoutes(
  app: Hono,
  controlPlane: Pick<ControlPlaneApi, 'resourcesInSteps'>,
  answers: LongAnswers,
): void {
  app.get('/api/v1/resources', (context) => {
    const parameters = readParameters(context.req.url, { once: ['kind', 'namespace', 'name'] });
    const query = resourceQuery(parameters);
    return answers.json(context, function* () {
      return { items: yield* controlPlane.resourcesInSteps(query) };
    });
  });
}

/** Empty values are ignored, as HTML forms send them. */
function resourceQuery(parameters: URLSearchParams): ResourceQuery {
  return Object.fromEntries([...parameters].filter(([, value]) => value !== ''));
}
