/**
 * Clients of an xDS server without a network, for tests that count the work of the server. They subscribe and answer only when a test calls
 * them.
 */
import assert from 'node:assert/strict';
import type { MessageSink, XdsServer } from '../../xds/index.js';
import {
  type ClientMode,
  type ClientRequest,
  type ClientResponse,
  decodeResponse,
  encodeRequest,
} from './client-wire.js';

const ADS = '/envoy.service.discovery.v3.AggregatedDiscoveryService';

export class FleetClient {
  readonly mode: ClientMode;
  readonly #id: string;
  readonly #subscribed = new Map<string, string[]>();
  readonly #versions = new Map<string, string>();
  #unread: Buffer[] = [];
  #sink: MessageSink | undefined;
  /** The number of all responses that were read, of their resources, and of their bytes. */
  readonly got = { responses: 0, resources: 0, bytes: 0 };

  constructor(mode: ClientMode, id: string) {
    this.mode = mode;
    this.#id = id;
  }

  connect(server: XdsServer): void {
    const method = server.methods().get(`${ADS}/${this.mode === 'sotw' ? 'Stream' : 'Delta'}AggregatedResources`);
    this.#sink = method?.({
      peer: this.#id,
      write: (head, body) => this.#unread.push(head, body) > 0,
      end: (_code, message) => assert.fail(message),
    });
  }

  disconnect(): void {
    this.#sink?.closed();
    this.#unread = [];
    this.#subscribed.clear();
  }

  /** Without names: subscribes to everything. */
  subscribe(typeUrl: string, names: readonly string[], request: Partial<ClientRequest> = {}): void {
    const resourceNames = this.#subscribed.get(typeUrl) ?? [];
    for (const name of names) resourceNames.push(name);
    this.#subscribed.set(typeUrl, resourceNames);
    const wanted = this.mode === 'sotw' ? { resourceNames } : { resourceNamesSubscribe: names };
    this.send({ typeUrl, ...wanted, ...request });
  }

  send(request: ClientRequest): void {
    this.#sink?.received(encodeRequest(this.mode, { ...request, node: { id: this.#id } }));
  }

  /** Bytes that were sent and not read. */
  get unread(): number {
    return this.#unread.reduce((sum, { length }) => sum + length, 0);
  }

  read(): readonly ClientResponse[] {
    const parts = this.#unread;
    this.#unread = [];
    const responses: ClientResponse[] = [];
    for (let index = 0; index < parts.length; index += 2) {
      const bytes = Buffer.concat(parts.slice(index, index + 2));
      const response = decodeResponse(this.mode, bytes);
      responses.push(response);
      this.got.responses += 1;
      this.got.resources += response.resources.length;
      this.got.bytes += bytes.length;
    }
    return responses;
  }

  /** `rejects`: the error message of a NACK. `undefined`: an ACK. */
  answer({ typeUrl, nonce, version }: ClientResponse, rejects?: string): void {
    if (rejects === undefined) this.#versions.set(typeUrl, version);
    const versionInfo = this.#versions.get(typeUrl) ?? '';
    const resourceNames = this.#subscribed.get(typeUrl) ?? [];
    const error = rejects === undefined ? {} : { errorDetail: { message: rejects } };
    const state = this.mode === 'sotw' ? { versionInfo, resourceNames } : {};
    this.send({ typeUrl, responseNonce: nonce, ...state, ...error });
  }
}

/** All clients answer all responses until the server sends nothing more. `rejects` returns the message of a NACK, or undefined for an ACK. */
export async function settle(
  clients: readonly FleetClient[],
  rejects: (client: FleetClient, response: ClientResponse) => string | undefined = () => undefined,
): Promise<void> {
  for (let quiet = 0, rounds = 0; quiet < 3; rounds += 1) {
    assert.ok(rounds < 1_000, 'it never comes to rest');
    await new Promise((resolve) => setImmediate(resolve));
    quiet += 1;
    for (const client of clients)
      for (const response of client.read()) {
        client.answer(response, rejects(client, response));
        quiet = 0;
      }
  }
}
