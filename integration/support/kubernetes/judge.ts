/** What an API server says about a resource when it is asked to create it, without creating it. */
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';

export interface Judged {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: object;
}

/** One connection for many questions. */
export class Judge {
  readonly #url: string;
  readonly #token: string;
  readonly #plurals: ReadonlyMap<string, string>;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });

  /** `plurals`: by kind, as in paths. */
  constructor(url: string, token: string, plurals: ReadonlyMap<string, string>) {
    this.#url = url;
    this.#token = token;
    this.#plurals = plurals;
  }

  /** Why the server would not create the resource, in the namespace `default`. `undefined`: it would. Unknown fields are no reason. */
  async refusal(judged: Judged): Promise<string | undefined> {
    const { apiVersion, kind, metadata } = judged;
    const resource = { ...judged, metadata: { ...metadata, namespace: 'default' } };
    const path = `/apis/${apiVersion}/namespaces/default/${this.#plurals.get(kind) ?? kind}`;
    const { status, body } = await this.#post(`${path}?dryRun=All&fieldValidation=Ignore`, JSON.stringify(resource));
    if (status >= 200 && status < 300) return undefined;
    if (status !== 422 && status !== 400) throw new Error(`${path}: ${status} ${body}`);
    return (JSON.parse(body) as { readonly message: string }).message;
  }

  close(): void {
    this.#agent.destroy();
  }

  #post(path: string, body: string): Promise<{ readonly status: number; readonly body: string }> {
    return new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${this.#token}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      };
      const sent = request(`${this.#url}${path}`, { method: 'POST', agent: this.#agent, headers }, (response) => {
        text(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: answer }), reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
}
