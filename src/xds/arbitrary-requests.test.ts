/**
 * Clients that say anything in any order: they never meet a mistake of ours, never get what they did not ask for, and never
 * have two responses of a type in flight.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { propertyRuns } from '../testing/property-runs.js';
import { MODES, resource } from '../testing/xds/server.js';
import {
  type ClientMode,
  type ClientRequest,
  type ClientResponse,
  decodeResponse,
  encodeRequest,
} from '../testing/xds/client-wire.js';
import { type MessageSink, ResourceStore, XdsServer } from './index.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER, ROUTE_CONFIGURATION } from './protocol/type-urls.js';

const TYPES = [CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER, ROUTE_CONFIGURATION] as const;
const NAMES = ['a', 'b', 'c', '', '*'] as const;

const typeUrl = fc.constantFrom(...TYPES);
const names = fc.array(fc.constantFrom(...NAMES), { maxLength: 4, size: 'max' });

/** `nonce`: of which of the last responses of the type, counted from the last. */
const request = fc.record({
  kind: fc.constant('request' as const),
  typeUrl,
  names,
  left: names,
  nonce: fc.option(fc.nat(2)),
  reject: fc.boolean(),
  versions: fc.dictionary(fc.constantFrom('a', 'b', 'gone'), fc.constantFrom('1', 'other'), { maxKeys: 2 }),
});
const change = fc.record({
  kind: fc.constant('change' as const),
  typeUrl,
  name: fc.constantFrom('a', 'b', 'c'),
  content: fc.option(fc.constantFrom('1', '2', '3')),
});
const pause = fc.record({ kind: fc.constant('turn' as const) });
type Step =
  | { readonly kind: 'turn' }
  | (typeof request extends fc.Arbitrary<infer R> ? R : never)
  | (typeof change extends fc.Arbitrary<infer C> ? C : never);
const steps: fc.Arbitrary<Step[]> = fc.array(fc.oneof<fc.Arbitrary<Step>[]>(request, request, change, pause), {
  maxLength: 80,
  size: 'max',
});

class Client {
  readonly #mode: ClientMode;
  readonly #sink: MessageSink;
  readonly #responses = new Map<string, ClientResponse[]>();
  /** Types with a response that is not answered. */
  readonly #inFlight = new Map<string, string>();
  readonly #asked = new Map<string, Set<string>>();
  ended: string | undefined;

  constructor(server: XdsServer, mode: ClientMode) {
    this.#mode = mode;
    const method = server
      .methods()
      .get(
        `/envoy.service.discovery.v3.AggregatedDiscoveryService/${mode === 'sotw' ? 'Stream' : 'Delta'}AggregatedResources`,
      );
    const sink = method?.({
      peer: 'test',
      write: (head, body) => {
        this.#received(decodeResponse(mode, Buffer.concat([head, body])));
        return true;
      },
      end: (_code, message) => {
        this.ended = message;
      },
    });
    assert.ok(sink);
    this.#sink = sink;
  }

  send(step: Extract<Step, { readonly kind: 'request' }>): void {
    const before = this.#responses.get(step.typeUrl) ?? [];
    const responseNonce = step.nonce === null ? '' : (before.at(-1 - step.nonce)?.nonce ?? 'foreign');
    const errorDetail = step.reject ? { errorDetail: { message: 'rejected' } } : {};
    this.#ask(step.typeUrl, step.names);
    if (this.#inFlight.get(step.typeUrl) === responseNonce) this.#inFlight.delete(step.typeUrl);
    // A client that unsubscribes from everything before it sees a response ignores it.
    if (this.#mode === 'sotw' && step.names.length === 0) this.#inFlight.delete(step.typeUrl);
    const common: ClientRequest = { typeUrl: step.typeUrl, node: { id: 'n' }, responseNonce, ...errorDetail };
    const more =
      this.#mode === 'sotw'
        ? { resourceNames: step.names }
        : {
            resourceNamesSubscribe: step.names,
            resourceNamesUnsubscribe: step.left,
            initialResourceVersions: step.versions,
          };
    this.#sink.received(encodeRequest(this.#mode, { ...common, ...more }));
  }

  #ask(type: string, asked: readonly string[]): void {
    const all = this.#asked.get(type) ?? new Set<string>();
    for (const name of asked) all.add(name);
    if (asked.length === 0 && all.size === 0 && (type === CLUSTER || type === LISTENER)) all.add('*');
    this.#asked.set(type, all);
  }

  #received(response: ClientResponse): void {
    const told = [...response.names, ...response.removed];
    assert.equal(new Set(told).size, told.length, 'a name comes twice');
    assert.ok(!this.#inFlight.has(response.typeUrl), 'two responses are in flight');
    const asked = this.#asked.get(response.typeUrl);
    for (const name of told)
      assert.ok(asked?.has(name) === true || asked?.has('*') === true, `${name} was not asked for`);
    this.#inFlight.set(response.typeUrl, response.nonce);
    this.#responses.set(response.typeUrl, [...(this.#responses.get(response.typeUrl) ?? []), response]);
  }

  close(): void {
    this.#sink.closed();
  }
}

describe('arbitrary requests', () => {
  for (const mode of MODES) {
    it(`are answered as the protocol says (${mode})`, async () => {
      await fc.assert(
        fc.asyncProperty(steps, async (taken) => {
          const store = new ResourceStore();
          const mistakes: unknown[] = [];
          const server = new XdsServer({
            provider: store,
            logger: { error: (details) => mistakes.push(details) },
            limits: { maxResponseBytes: 200 },
          });
          const client = new Client(server, mode);
          for (const step of taken) {
            if (step.kind === 'request') client.send(step);
            else if (step.kind === 'turn') await new Promise((resolve) => setImmediate(resolve));
            else if (step.content === null) store.remove(step.typeUrl, step.name);
            else
              server.transaction(() =>
                store.put(resource(step.typeUrl, step.name, step.content ?? '', { version: step.content ?? '' })),
              );
          }
          await new Promise((resolve) => setImmediate(resolve));
          assert.deepEqual([mistakes, client.ended], [[], undefined]);
          client.close();
          assert.equal(server.stats().collections, 0);
        }),
        { numRuns: propertyRuns(300) },
      );
    });
  }
});
