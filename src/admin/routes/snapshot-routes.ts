/**
 * `GET /api/v1/snapshot`: the resources for a described Envoy; with `proxy=ID`, for a connected client; with `acked=true` too, what that
 * client has acknowledged.
 */
import type { Hono } from 'hono';
import type { ControlPlaneApi, Snapshot } from '../../control-plane/api/api.js';
import type { LongAnswers } from './long-answers.js';
import { MalformedInput } from '../queries/malformed-input.js';
import { NotFound } from './not-found.js';
import { readParameters } from '../queries/parameters.js';
import { readSnapshotQuery, REPEATABLE_SNAPSHOT_PARAMETERS, SNAPSHOT_PARAMETERS } from '../queries/snapshot-query.js';

type Snapshots = Pick<ControlPlaneApi, 'snapshotInSteps' | 'proxySnapshotInSteps' | 'heldSnapshot'>;

export function addSnapshotRoutes(app: Hono, controlPlane: Snapshots, answers: LongAnswers): void {
  app.get('/api/v1/snapshot', (context) => {
    const parameters = readParameters(context.req.url, {
      once: [...SNAPSHOT_PARAMETERS, 'proxy', 'acked'],
      repeatable: REPEATABLE_SNAPSHOT_PARAMETERS,
    });
    const proxy = parameters.get('proxy') ?? '';
    if (proxy !== '') return answers.json(context, () => ofProxy(controlPlane, proxy, parameters));
    if (parameters.has('acked'))
      throw new MalformedInput('The query parameter acked needs proxy: only a connected Envoy acknowledges resources.');
    const query = readSnapshotQuery(parameters);
    return answers.json(context, () => controlPlane.snapshotInSteps(query));
  });
}

function* ofProxy(controlPlane: Snapshots, id: string, parameters: URLSearchParams): Generator<void, Snapshot> {
  const described = [...parameters.keys()].find((name) => name !== 'proxy' && name !== 'acked');
  if (described !== undefined)
    throw new MalformedInput(
      `The query parameter ${described} cannot be combined with proxy: a connected Envoy describes itself.`,
    );
  const acked = parameters.get('acked') ?? 'false';
  if (acked !== 'true' && acked !== 'false')
    throw new MalformedInput(`Invalid acked "${acked}": must be true or false.`);
  const snapshot = acked === 'true' ? controlPlane.heldSnapshot(id) : yield* controlPlane.proxySnapshotInSteps(id);
  if (typeof snapshot === 'string') throw new NotFound(snapshot);
  return snapshot;
}
