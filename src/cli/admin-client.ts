/** Asks a control plane at its admin address. Whatever keeps an answer away is a `CliError` that says what to do. */
import { writeExplainQuery } from '../admin/explain-query.js';
import { writeSnapshotQuery } from '../admin/snapshot-query.js';
import type { ExplainQuery, ExplainResult, Proxy, ResourceQuery, ResourceWithStatus, Snapshot, SnapshotQuery } from '../control-plane/api.js';
import { CliError } from './cli-error.js';

/** How long an answer may take, in milliseconds. */
const TIMEOUT = 30_000;

export interface AdminClient {
  resources(query: ResourceQuery): Promise<readonly ResourceWithStatus[]>;
  proxies(): Promise<readonly Proxy[]>;
  snapshot(query: SnapshotQuery): Promise<Snapshot>;
  /** @throws CliError (failed) where nothing serves the hostname, or nothing is in reach of the client. */
  explain(query: ExplainQuery): Promise<ExplainResult>;
  hostnames(): Promise<readonly string[]>;
}

/**
 * @param server the admin address as a URL; `HOST:PORT` alone is taken for `http`.
 * @throws CliError (usage) when it is no URL. The methods throw CliError (unreachable) when no control plane answers there,
 * and CliError (usage) with the server's sentence when it refuses the question, (failed) when what is asked about does not exist.
 */
export function adminClient(server: string): AdminClient {
  const base = baseUrl(server);
  const items = async <Item>(path: string): Promise<readonly Item[]> => {
    const { items: list } = await ask<{ readonly items: unknown }>(base, path);
    if (Array.isArray(list)) return list as readonly Item[];
    throw foreign(base, 'there are no items in its answer');
  };
  return {
    resources: (query) => items(`api/v1/resources?${new URLSearchParams({ ...query }).toString()}`),
    proxies: () => items('api/v1/proxies'),
    hostnames: () => items('api/v1/hostnames'),
    explain: (query) => ask(base, `api/v1/explain?${writeExplainQuery(query).toString()}`),
    snapshot: (query) => ask(base, `api/v1/snapshot?${writeSnapshotQuery(query).toString()}`),
  };
}

function baseUrl(server: string): URL {
  const text = /^https?:\/\//.test(server) ? server : `http://${server}`;
  if (!URL.canParse(text))
    throw new CliError('usage', `--server ${server}: must be a URL such as http://127.0.0.1:18001.`);
  return new URL(text.endsWith('/') ? text : `${text}/`);
}

async function ask<Answer>(base: URL, path: string): Promise<Answer> {
  const response = await send(base, path);
  const answer = await readJson(base, response);
  if (response.ok) return answer as Answer;
  const sentence = typeof answer['error'] === 'string' ? answer['error'] : `it answered ${response.status}`;
  if (response.status === 400) throw new CliError('usage', sentence);
  if (response.status === 404 && typeof answer['error'] === 'string' && path.startsWith('api/v1/explain?')) throw new CliError('failed', sentence);
  throw foreign(base, sentence);
}

async function send(base: URL, path: string): Promise<Response> {
  try {
    return await fetch(new URL(path, base), { signal: AbortSignal.timeout(TIMEOUT), redirect: 'manual' });
  } catch (error) {
    throw unreachable(base, error);
  }
}

async function readJson(base: URL, response: Response): Promise<Readonly<Record<string, unknown>>> {
  const text = await response.text().catch((error: unknown) => {
    throw unreachable(base, error);
  });
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer === 'object' && answer !== null) return answer as Readonly<Record<string, unknown>>;
  } catch {
    // Said below in our words: the parser's would puzzle.
  }
  throw foreign(base, `it answered ${response.status} without JSON`);
}

function unreachable(base: URL, error: unknown): CliError {
  const message = `Cannot reach the control plane at ${base.origin} (${reasonOf(error)}). Does it run, and is --server its admin address?`;
  return new CliError('unreachable', message, { cause: error });
}

function foreign(base: URL, reason: string): CliError {
  return new CliError(
    'unreachable',
    `${base.origin} does not answer as a control plane does: ${reason}.`.replace(/\.\.$/, '.'),
  );
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${TIMEOUT / 1000} s`;
  const cause = error.cause;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : cause instanceof Error ? cause.message : error.message;
}
