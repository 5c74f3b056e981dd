/**
 * What a NACK costs: its own bytes and those of the response that it rejects, whatever its error message says. Counted in
 * steps, never in time.
 */
import assert from 'node:assert/strict';
import { countStepsUntil } from '../testing/work-meter.js';
import { MODES, cluster } from '../testing/xds/server.js';
import { turn } from '../testing/xds/random-run.js';
import { type ClientMode, type ClientResponse, decodeResponse, encodeRequest } from '../testing/xds/client-wire.js';
import { ResourceStore, XdsServer } from './index.js';
import { CLUSTER } from './protocol/type-urls.js';

const INVALID_ARGUMENT = 3;
/** Steps for each byte of the responses and of the answers to them, and those that every answer takes. */
const STEPS_PER_BYTE = 5;
const BASE_STEPS = 5_000;

const NAMES = 1 << 12;
const nameOf = (index: number): string => `cluster-${String(index)}`;

/** Error messages by what they do to whoever reads them. */
const MESSAGES: Readonly<Record<string, string>> = {
  'names nothing': 'no such thing',
  'names nothing, at length': 'x'.repeat(100_000),
  'names every cluster': Array.from({ length: NAMES }, (_, index) => `${nameOf(index)}: wrong`).join('\n'),
  'names one cluster again and again': `${nameOf(7)} `.repeat(10_000),
  'has the beginning of names': 'cluster-'.repeat(10_000),
};

class Client {
  readonly #mode: ClientMode;
  readonly #stream;
  readonly #pending: ClientResponse[] = [];
  responses = 0;
  /** Received and sent. */
  bytes = 0;

  constructor(mode: ClientMode, server: XdsServer) {
    this.#mode = mode;
    const method = mode === 'sotw' ? 'StreamAggregatedResources' : 'DeltaAggregatedResources';
    const handler = server.methods().get(`/envoy.service.discovery.v3.AggregatedDiscoveryService/${method}`);
    const stream = handler?.({
      peer: 'test',
      write: (head, body) => this.#take(Buffer.concat([head, body])),
      end: (_code, text) => assert.fail(text),
    });
    assert.ok(stream);
    this.#stream = stream;
    this.#stream.received(encodeRequest(mode, { typeUrl: CLUSTER, node: { id: 'n' } }));
  }

  #take(bytes: Buffer): boolean {
    const response = decodeResponse(this.#mode, bytes);
    this.responses += 1;
    this.bytes += bytes.length;
    this.#pending.push(response);
    return true;
  }

  next(): ClientResponse | undefined {
    return this.#pending.shift();
  }

  /** Without an error message: an ACK. */
  answer({ nonce }: ClientResponse, message?: string): Buffer {
    const errorDetail = message === undefined ? {} : { errorDetail: { code: INVALID_ARGUMENT, message } };
    return encodeRequest(this.#mode, { typeUrl: CLUSTER, responseNonce: nonce, ...errorDetail });
  }

  send(bytes: Buffer): void {
    this.bytes += bytes.length;
    this.#stream.received(bytes);
  }

  close(): void {
    this.#stream.closed();
  }
}

function open(mode: ClientMode): Client {
  const store = new ResourceStore();
  for (let index = 0; index < NAMES; index += 1) store.put(cluster(nameOf(index)));
  return new Client(mode, new XdsServer({ provider: store }));
}

describe('the cost of a NACK', () => {
  for (const mode of MODES)
    for (const [title, message] of Object.entries(MESSAGES))
      it(`is linear for an error message that ${title} (${mode})`, async () => {
        const client = open(mode);
        await turn();
        const response = client.next();
        assert.ok(response);
        const nack = client.answer(response, message);
        const steps = await countStepsUntil(() => {
          client.send(nack);
          return turn();
        });
        client.close();
        checkSteps(steps, client);
      });

  for (const mode of MODES)
    it(`is small until bisection finds one wrong cluster of many that is never named (${mode})`, async () => {
      const client = open(mode);
      await turn();
      const wrong = nameOf((NAMES / 3) | 0);
      const rejected: number[] = [];
      const steps = await countStepsUntil(async () => {
        for (let response = client.next(); response !== undefined; response = client.next()) {
          const isWrong = response.names.includes(wrong);
          if (isWrong) rejected.push(response.resources.length);
          client.send(client.answer(response, isWrong ? 'wrong' : undefined));
          await turn();
        }
      });
      client.close();
      checkSteps(steps, client);
      const halvings = Math.log2(NAMES);
      assert.equal(client.responses, 1 + 2 * halvings);
      // By state of the world a response repeats what the client has accepted.
      if (mode === 'delta')
        assert.deepEqual(
          rejected,
          Array.from({ length: halvings + 1 }, (_, index) => NAMES >> index),
        );
      else assert.equal(rejected.length, halvings + 1);
    });
});

function checkSteps(steps: number, { bytes, responses }: Client): void {
  assert.ok(steps <= BASE_STEPS * responses + STEPS_PER_BYTE * bytes, `${String(steps / bytes)} steps per byte`);
}
