/** One request to an admin address. Each failure is a `CliError` that says what to do. */
import { readFileSync } from 'node:fs';
import { VERSION_HEADER } from '../../admin/middleware.js';
import { NOT_FOUND } from '../../admin/routes/not-found.js';
import type { ServerFlags } from '../options/server-flags.js';
import { CliError } from '../output/cli-error.js';
import { type HttpAnswer, type HttpOptions, httpGet } from './http-get.js';
import { oneLine } from '../output/output.js';

/** Timeout of a request, in milliseconds. */
const TIMEOUT = 30_000;

/** The server, how to reach it, and the version of this program. */
export interface AdminEndpoint extends Pick<HttpOptions, 'token' | 'ca'> {
  readonly url: URL;
  readonly version: string;
}

/**
 * @throws CliError (usage) if `server` is not a URL, or a file cannot be used.
 */
export function adminEndpoint({ server, serverCa, serverTokenFile }: ServerFlags, version: string): AdminEndpoint {
  const text = /^[a-z]+:\/\//i.test(server) ? server : `http://${server}`;
  const url = URL.canParse(text) ? new URL(text.endsWith('/') ? text : `${text}/`) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new CliError('usage', `--server ${server}: must be a URL such as http://127.0.0.1:18001.`);
  }
  if (serverCa !== undefined && url.protocol === 'http:')
    throw new CliError('usage', `--server-ca is for https, and --server ${server} is not. Write https://${url.host}.`);
  return {
    url,
    version,
    ...(serverTokenFile !== undefined && { token: readFlagFile('--server-token-file', serverTokenFile).trim() }),
    ...(serverCa !== undefined && { ca: readFlagFile('--server-ca', serverCa) }),
  };
}

function readFlagFile(flag: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError('usage', `${flag} ${file}: cannot be read (${reasonOf(error)}).`, { cause: error });
  }
}

/** The content of a response. */
export interface Answered {
  readonly content: Readonly<Record<string, unknown>>;
  /** Makes the error for content that is not as expected. */
  readonly foreign: (reason: string) => CliError;
}

/**
 * @throws CliError: unreachable if no control plane responds; usage, with the server's message, if it rejects the request; failed if
 * the requested object does not exist.
 */
export async function ask(server: AdminEndpoint, path: string): Promise<Answered> {
  const answer = await send(server, path);
  const { status } = answer;
  const content = toContent(answer);
  if (content === undefined) throw foreign(server, `it answered ${status} without JSON`, answer);
  if (status === 200) return { content, foreign: (reason) => foreign(server, reason, answer) };
  const sentence = typeof content['error'] === 'string' ? content['error'] : `it answered ${status}`;
  if (status === 503) throw new CliError('unreachable', sentence);
  if (status === 401) throw new CliError('usage', sentence);
  if (status === 400) throw new CliError('usage', `${sentence}${otherVersion(server, answer)}`);
  if (status === 404 && content['reason'] === NOT_FOUND) throw new CliError('failed', sentence);
  throw foreign(server, sentence, answer);
}

async function send({ url: base, token, ca }: AdminEndpoint, path: string): Promise<HttpAnswer> {
  const options = { limitMs: TIMEOUT, ...(token !== undefined && { token }), ...(ca !== undefined && { ca }) };
  try {
    return await httpGet(new URL(path, base), options);
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

/** A version difference is the likely cause if a client and a server do not understand each other. */
function otherVersion({ version }: AdminEndpoint, { headers }: HttpAnswer): string {
  const theirs = headers[VERSION_HEADER.toLowerCase()];
  return typeof theirs !== 'string' || theirs === version
    ? ''
    : ` It is of version ${oneLine(theirs)}, and this command of version ${version}.`;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  // From the HTTP parser: the server uses another protocol, as the xDS address does.
  return code?.startsWith('HPE_') === true ? 'it does not speak HTTP/1.1' : (code ?? error.message);
}
