/**
 * A connection to one API server, with the credentials of a kubeconfig or of a service account.
 * https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster/
 */
import { type RequestOptions, request } from 'node:https';
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { json, text } from 'node:stream/consumers';
import type { KubeConfig } from '@kubernetes/client-node';
import { ApiError } from './api-error.js';

const [OK, CREATED] = [200, 201];
const JSON_TYPE = 'application/json';

/** A request that writes an object. */
export interface ObjectRequest {
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly path: string;
  readonly body: object;
  /** Default: JSON. Patches have types of their own. */
  readonly contentType?: string;
}

/** What writers of objects need of a connection. */
export type ObjectWriter = Pick<ApiConnection, 'send'>;

interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export class ApiConnection {
  readonly #config: KubeConfig;
  readonly #server: string;

  /** @throws Error if the kubeconfig has no cluster in its current context */
  constructor(config: KubeConfig) {
    const cluster = config.getCurrentCluster();
    if (cluster === null)
      throw new Error(`The kubeconfig has no cluster in the context ${config.getCurrentContext()}.`);
    this.#config = config;
    this.#server = cluster.server.replace(/\/$/, '');
  }

  /** @throws ApiError for an answer other than 200, or an error of the connection */
  get(path: string, accept: string, signal: AbortSignal): Promise<IncomingMessage> {
    return this.#request({ method: 'GET', path, headers: { accept } }, signal);
  }

  /** Returns the object as it is on the server afterwards. @throws ApiError for an answer other than 2xx, or an error of the connection */
  async send({ method, path, body, contentType = JSON_TYPE }: ObjectRequest, signal: AbortSignal): Promise<unknown> {
    const headers = { accept: JSON_TYPE, 'content-type': contentType };
    return json(await this.#request({ method, path, headers, body: JSON.stringify(body) }, signal));
  }

  async #request({ path, body = '', ...rest }: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const url = new URL(`${this.#server}${path}`);
    const options: RequestOptions = { ...rest, signal };
    // Each time: tokens of service accounts and plugins are renewed. Also chooses an agent, with the proxy of the kubeconfig.
    await this.#config.applyToHTTPSOptions(options);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = (url.protocol === 'https:' ? request : requestPlain)(url, options, resolve);
      sent.on('error', reject);
      sent.end(body);
    });
    if (response.statusCode === OK || response.statusCode === CREATED) return response;
    throw await refused(response);
  }
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
async function refused(response: IncomingMessage): Promise<ApiError> {
  const body = await text(response);
  const seconds = Number(response.headers['retry-after']);
  return new ApiError(
    response.statusCode ?? 0,
    messageOf(body) ?? `the API server answered ${String(response.statusCode)}`,
    Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined,
  );
}

function messageOf(body: string): string | undefined {
  try {
    const { message } = JSON.parse(body) as { readonly message?: unknown };
    return typeof message === 'string' && message !== '' ? message : undefined;
  } catch {
    return undefined;
  }
}
