/**
 * The query parameters of `GET /api/v1/explain`, read and written in one place for command and server: `hostname`, `port`, `from` (`r/z/s`), `labels` (`k=v,…`), `cluster`, `namespace`.
 */
import type { ExplainQuery } from '../../control-plane/api/api.js';
import { MalformedInput } from './malformed-input.js';
import { formatLabels, formatLocalityText, parseLabels, parseLocality } from './text-forms.js';

/** Parameters that may occur once. */
export const EXPLAIN_PARAMETERS = ['hostname', 'port', 'from', 'labels', 'cluster', 'namespace'] as const;

/** @throws MalformedInput if `hostname` is missing or a parameter is invalid. */
export function readExplainQuery(parameters: URLSearchParams): ExplainQuery {
  const hostname = parameters.get('hostname') ?? '';
  if (hostname === '') throw new MalformedInput('The query parameter hostname is missing.');
  const cluster = parameters.get('cluster') ?? '';
  const namespace = parameters.get('namespace') ?? '';
  const port = parameters.get('port');
  return {
    hostname,
    ...(port !== null && { port: parsePort(port) }),
    ...parseLocality(parameters.get('from') ?? ''),
    ...(cluster !== '' && { cluster }),
    ...(namespace !== '' && { namespace }),
    labels: parseLabels(parameters.get('labels') ?? ''),
  };
}

/** The inverse of `readExplainQuery`. */
export function writeExplainQuery(query: ExplainQuery): URLSearchParams {
  const parameters = new URLSearchParams({ hostname: query.hostname });
  const from = formatLocalityText(query);
  const labels = formatLabels(query.labels ?? {});
  if (query.port !== undefined) parameters.set('port', String(query.port));
  if (from !== '') parameters.set('from', from);
  if (labels !== '') parameters.set('labels', labels);
  if (query.cluster !== undefined) parameters.set('cluster', query.cluster);
  if (query.namespace !== undefined) parameters.set('namespace', query.namespace);
  return parameters;
}

/** @throws MalformedInput if the text is not a port number. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return port;
  throw new MalformedInput(`Invalid port "${text}": must be a number between 1 and 65535.`);
}
