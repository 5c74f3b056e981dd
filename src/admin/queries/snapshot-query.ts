/**
 * The query parameters of `GET /api/v1/snapshot`, read and written in one place for command and server: `nodeId`, `locality` (`r/z/s`), `labels` (`k=v,…`), `cluster`, `metadata` (`K=V`, repeatable) and
 * `target` (`hostname:port`, repeatable; makes the client a gRPC client).
 */
import type { SnapshotQuery } from '../../control-plane/api/api.js';
import { MalformedInput } from './malformed-input.js';
import { formatLabels, formatLocalityText, parseLabels, parseLocality, parsePairs } from './text-forms.js';

/** Parameters that may occur once. */
export const SNAPSHOT_PARAMETERS = ['nodeId', 'locality', 'labels', 'cluster'] as const;
/** Parameters that may occur several times. */
export const REPEATABLE_SNAPSHOT_PARAMETERS = ['metadata', 'target'] as const;

/** @throws MalformedInput if `nodeId` is missing or a parameter is invalid. */
export function readSnapshotQuery(parameters: URLSearchParams): SnapshotQuery {
  const nodeId = parameters.get('nodeId') ?? '';
  if (nodeId === '') throw new MalformedInput('The query parameter nodeId is missing: it names the Envoy.');
  const cluster = parameters.get('cluster') ?? '';
  const targets = parameters.getAll('target');
  return {
    nodeId,
    ...parseLocality(parameters.get('locality') ?? ''),
    ...(cluster !== '' && { cluster }),
    labels: parseLabels(parameters.get('labels') ?? ''),
    metadata: parsePairs(parameters.getAll('metadata'), 'metadata entry'),
    ...(targets.length > 0 && { targets }),
  };
}

/** The inverse of `readSnapshotQuery`. */
export function writeSnapshotQuery(query: SnapshotQuery): URLSearchParams {
  const parameters = new URLSearchParams({ nodeId: query.nodeId });
  const locality = formatLocalityText(query);
  const labels = formatLabels(query.labels ?? {});
  if (locality !== '') parameters.set('locality', locality);
  if (labels !== '') parameters.set('labels', labels);
  if (query.cluster !== undefined) parameters.set('cluster', query.cluster);
  for (const [key, value] of Object.entries(query.metadata ?? {})) parameters.append('metadata', `${key}=${value}`);
  for (const target of query.targets ?? []) parameters.append('target', target);
  return parameters;
}
