/** One question to an admin address. Whatever keeps its answer away is a `CliError` that says what to do. */
import { VERSION_HEADER } from '../../admin/middleware.js';
import { NOT_FOUND } from '../../admin/not-found.js';
import { CliError } from '../output/cli-error.js';
import { type HttpAnswer, httpGet } from './http-get.js';
import { oneLine } from '../output/output.js';

/** How long an answer may take, in milliseconds. */
const TIMEOUT = 30_000;

/** Whom to ask, and the version of the program that asks. */
export interface AdminEndpoint {
  readonly url: URL;
  readonly version: string;
}

/**
 * @param server the admin address as a URL; `HOST:PORT` alone is taken for `http`.
 * @throws CliError (usage) when it is no URL.
 */
export function adminEndpoint(server: string, version: string): AdminEndpoint {
  const text = /^[a-z]+:\/\//i.test(server) ? server : `http://${server}`;
  const url = URL.canParse(text) ? new URL(text.endsWith('/') ? text : `${text}/`) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new CliError('usage', `--server ${server}: must be a URL such as http://127.0.0.1:18001.`);
  }
  return { url, version };
}

/** What the server answered, and that it was this server's answer. */
export interface Answered {
  readonly content: Readonly<Record<string, unknown>>;
  /** The error for content that lacks something. */
  readonly foreign: (reason: string) => CliError;
}

/**
 * @throws CliError: unreachable when no control plane answers there; usage, with the server's sentence, when it refuses the question; failed
 * when it does not have what is asked for.
 */
export async function ask(server: AdminEndpoint, path: string): Promise<Answered> {
  const answer = await send(server.url, path);
  const { status } = answer;
  const content = toContent(answer);
  if (content === undefined) throw foreign(server, `it answered ${status} without JSON`, answer);
  if (status === 200) return { content, foreign: (reason) => foreign(server, reason, answer) };
  const sentence = typeof content['error'] === 'string' ? content['error'] : `it answered ${status}`;
  if (status === 400) throw new CliError('usage', `${sentence}${otherVersion(server, answer)}`);
  if (status === 404 && content['reason'] === NOT_FOUND) throw new CliError('failed', sentence);
  throw foreign(server, sentence, answer);
}

async function send(base: URL, path: string): Promise<HttpAnswer> {
  try {
    return await httpGet(new URL(path, base), TIMEOUT);
  } catch (error) {
    const message = `Cannot reach the control plane at ${base.origin} (${reasonOf(error)}). Check that it runs, and that --server is its admin address.`;
    throw new CliError('unreachable', message, { cause: error });
  }
}

function toContent({ text }: HttpAnswer): Answered['content'] | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null ? (answer as Answered['content']) : undefined;
  } catch {
    return undefined;
  }
}

function foreign(server: AdminEndpoint, reason: string, answer: HttpAnswer): CliError {
  const sentence = `${server.url.origin} does not answer as a control plane does: ${oneLine(reason)}.`.replace(
    /\.\.$/,
    '.',
  );
  return new CliError('unreachable', `${sentence}${otherVersion(server, answer)}`);
}

/** Of the same version everything is understood, so that another one is the likely cause where something is not. */
function otherVersion({ version }: AdminEndpoint, { headers }: HttpAnswer): string {
  const theirs = headers[VERSION_HEADER.toLowerCase()];
  return typeof theirs !== 'string' || theirs === version
    ? ''
    : ` It is of version ${oneLine(theirs)}, and this command of version ${version}.`;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  // Of the parser of HTTP: what answers there speaks something else, such as the xDS address.
  return code?.startsWith('HPE_') === true ? 'it does not speak HTTP/1.1' : (code ?? error.message);
}
