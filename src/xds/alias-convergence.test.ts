/**
 * Random resources with random aliases and xdstp names, and clients that ask for any of them: whatever changes, in the end
 * each client has exactly what its names stand for.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { propertyRuns, propertyTimeout } from '../testing/property-runs.js';
import { resource } from '../testing/xds/server.js';
import {
  type ClientMode,
  type ClientRequest,
  type ClientResponse,
  decodeResponse,
  encodeRequest,
} from '../testing/xds/client-wire.js';
import { type MessageSink, ResourceStore, XdsServer } from './index.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, VIRTUAL_HOST } from './protocol/type-urls.js';
import { canonicalXdsName, globOf, isXdstpName } from './protocol/xdstp-name.js';

const NAMES = ['a', 'b', 'xdstp://h/t/p/x?k=1&j=2', 'xdstp://h/t/p/y?j=2&k=1'] as const;
const ALIASES = ['a', 'm', 'n', 'xdstp://h/t/q'] as const;
const ASKED = [...NAMES, ...ALIASES, 'xdstp://h/t/p/x?j=2&k=1', 'xdstp://h/t/p/*?k=1&j=2'] as const;

const asked = fc.subarray([...ASKED], { maxLength: 4 });
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      name: fc.constantFrom(...NAMES),
      content: fc.constantFrom('1', '2'),
      aliases: fc.subarray([...ALIASES], { maxLength: 2 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove' as const), name: fc.constantFrom(...NAMES) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      client: fc.nat(1),
      subscribe: asked,
      unsubscribe: asked,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('view' as const), view: fc.constantFrom('v0', 'v1') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reconnect' as const), client: fc.nat(1) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('ack' as const), client: fc.nat(1) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** The client asks for what it has by an alias, and leaves it again before it hears that the alias is gone. */
const askedAndLeftMeanwhile: Step[] = [
  { kind: 'ask', client: 0, subscribe: ['xdstp://h/t/q'], unsubscribe: [] },
  { kind: 'put', name: 'a', content: '1', aliases: ['xdstp://h/t/q'] },
  { kind: 'ask', client: 0, subscribe: ['a'], unsubscribe: [] },
  { kind: 'put', name: 'a', content: '1', aliases: [] },
  { kind: 'ask', client: 0, subscribe: [], unsubscribe: ['a'] },
];

/** The client leaves a name before it hears what that stands for in its new view, and has the resource of the old one by an alias. */
const leftAfterMoving: Step[] = [
  { kind: 'put', name: 'a', content: '1', aliases: ['m'] },
  { kind: 'ask', client: 0, subscribe: ['a', 'm'], unsubscribe: [] },
  { kind: 'put', name: 'b', content: '1', aliases: ['a'] },
  { kind: 'view', view: 'v1' },
  { kind: 'ask', client: 0, subscribe: [], unsubscribe: ['a'] },
];

/** The client leaves a name before it has been told, and asks for it by an alias that is gone by then. */
const askedByLostAlias: Step[] = [
  { kind: 'ask', client: 0, subscribe: ['a'], unsubscribe: [] },
  { kind: 'put', name: 'a', content: '1', aliases: ['xdstp://h/t/q'] },
  { kind: 'ask', client: 0, subscribe: [], unsubscribe: ['a'] },
  { kind: 'put', name: 'a', content: '1', aliases: [] },
  { kind: 'ask', client: 0, subscribe: ['xdstp://h/t/q'], unsubscribe: [] },
];

/** The client leaves a name and comes back to it, and the resource is removed in between. */
const removedWhileLeft: Step[] = [
  { kind: 'ask', client: 1, subscribe: ['xdstp://h/t/p/x?j=2&k=1'], unsubscribe: [] },
  { kind: 'put', name: 'xdstp://h/t/p/x?k=1&j=2', content: '1', aliases: [] },
  { kind: 'ask', client: 1, subscribe: [], unsubscribe: ['xdstp://h/t/p/x?j=2&k=1'] },
  { kind: 'remove', name: 'xdstp://h/t/p/x?k=1&j=2' },
  { kind: 'ask', client: 1, subscribe: ['xdstp://h/t/p/x?k=1&j=2'], unsubscribe: [] },
];

/** What random runs have found once. */
const FOUND = [askedAndLeftMeanwhile, leftAfterMoving, askedByLostAlias, removedWhileLeft];

interface Held {
  readonly content: string;
  readonly version: string;
  readonly aliases: readonly string[];
}

class Client {
  readonly names = new Set<string>();
  readonly held = new Map<string, Held>();
  readonly #server: XdsServer;
  readonly #mode: ClientMode;
  readonly #typeUrl: string;
  #sink: MessageSink | undefined;
  #inbox: ClientResponse[] = [];
  #last: ClientResponse | undefined;

  constructor(server: XdsServer, mode: ClientMode, typeUrl: string) {
    this.#server = server;
    this.#mode = mode;
    this.#typeUrl = typeUrl;
    this.connect();
  }

  connect(): void {
    this.#sink?.closed();
    this.#inbox = [];
    this.#last = undefined;
    const path = `/envoy.service.discovery.v3.AggregatedDiscoveryService/${this.#mode === 'sotw' ? 'Stream' : 'Delta'}AggregatedResources`;
    this.#sink = this.#server.methods().get(path)?.({
      peer: 'test',
      write: (head, body) => {
        this.#inbox.push(decodeResponse(this.#mode, Buffer.concat([head, body])));
        return true;
      },
      end: (_code, message) => assert.fail(message),
    });
    const initialResourceVersions = Object.fromEntries([...this.held].map(([name, { version }]) => [name, version]));
    // A name that nobody has keeps an empty list from meaning everything.
    this.ask(['none', ...this.names], [], this.#mode === 'delta' ? { initialResourceVersions } : {});
  }

  get pending(): boolean {
    return this.#inbox.length > 0;
  }

  ask(subscribe: readonly string[], unsubscribe: readonly string[], more: Partial<ClientRequest> = {}): void {
    for (const name of unsubscribe) this.names.delete(name);
    for (const name of subscribe) this.names.add(name);
    const equal = (name: string): boolean =>
      [...this.names].some((one) => canonicalXdsName(one) === canonicalXdsName(name));
    const left = unsubscribe.filter((name) => !equal(name));
    for (const name of unsubscribe) if (equal(name)) this.names.add(name);
    this.#forgetLeft();
    if (this.#mode === 'sotw') this.#send({ resourceNames: [...this.names], responseNonce: this.#last?.nonce ?? '' });
    else this.#send({ resourceNamesSubscribe: subscribe, resourceNamesUnsubscribe: left, ...more });
  }

  /** Takes the oldest response and accepts it. */
  ack(): void {
    const response = this.#inbox.shift();
    if (response === undefined) return;
    this.#last = response;
    if (this.#mode === 'sotw') this.held.clear();
    for (const { name, value, version, aliases, heartbeat } of response.resources)
      if (!heartbeat) this.held.set(name, { content: String.fromCharCode(value.at(-1) ?? 0), version, aliases });
    for (const name of response.removed) this.#remove(name);
    this.#forgetLeft();
    const answer = { responseNonce: response.nonce, versionInfo: response.version };
    this.#send(this.#mode === 'sotw' ? { ...answer, resourceNames: [...this.names] } : answer);
  }

  close(): void {
    this.#sink?.closed();
  }

  /** Names that differ in the order of their parameters are one. */
  #remove(removed: string): void {
    for (const name of this.held.keys())
      if (canonicalXdsName(name) === canonicalXdsName(removed)) this.held.delete(name);
  }

  /** What the client knows to be none of its business any more. */
  #forgetLeft(): void {
    if (this.#mode === 'sotw') return;
    for (const [name, { aliases }] of this.held) if (!this.wants(name, aliases)) this.held.delete(name);
  }

  wants(name: string, aliases: readonly string[]): boolean {
    const keys = [name, ...aliases, ...(isXdstpName(name) ? [globOf(name)] : [])].map(canonicalXdsName);
    return [...this.names].some((one) => keys.includes(canonicalXdsName(one)));
  }

  #send(request: Partial<ClientRequest>): void {
    this.#sink?.received(encodeRequest(this.#mode, { typeUrl: this.#typeUrl, node: { id: 'n' }, ...request }));
  }
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

class Run {
  readonly typeUrl: string;
  view = 'v0';
  readonly store = new ResourceStore({ viewOf: () => this.view });
  readonly server = new XdsServer({ provider: this.store, limits: { maxResponseBytes: 150 } });
  readonly clients: readonly Client[];

  constructor(mode: ClientMode, typeUrl: string) {
    this.typeUrl = typeUrl;
    // Two names only in the other view, so that moving there means something.
    this.store.put(resource(typeUrl, 'a', '9', { aliases: ['n'] }), 'v1');
    this.store.put(resource(typeUrl, NAMES[2], '1'), 'v1');
    this.clients = [new Client(this.server, mode, typeUrl), new Client(this.server, mode, typeUrl)];
  }

  take(taken: Step): void {
    switch (taken.kind) {
      case 'put':
        this.store.put(resource(this.typeUrl, taken.name, taken.content, { aliases: taken.aliases }), this.view);
        break;
      case 'remove':
        this.store.remove(this.typeUrl, taken.name, this.view);
        break;
      case 'ask':
        this.clients[taken.client]?.ask(taken.subscribe, taken.unsubscribe);
        break;
      case 'view':
        this.view = taken.view;
        this.server.reassign();
        break;
      case 'reconnect':
        if (this.typeUrl !== CLUSTER_LOAD_ASSIGNMENT) this.clients[taken.client]?.connect();
        break;
      case 'ack':
        this.clients[taken.client]?.ack();
    }
  }

  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 3;) {
      await turn();
      quiet = this.clients.some(({ pending }) => pending) ? 0 : quiet + 1;
      for (const client of this.clients) while (client.pending) client.ack();
    }
  }

  check(): void {
    for (const client of this.clients) {
      const expected = NAMES.flatMap((name) => {
        const found = this.store.get(this.typeUrl, name, this.view);
        return found !== undefined && client.wants(name, found.aliases)
          ? [[name, String.fromCharCode(found.value.at(-1) ?? 0)]]
          : [];
      });
      const held = [...client.held].flatMap(([name, { content }]) => (name === 'none' ? [] : [[name, content]]));
      assert.deepEqual(held.sort(), expected.sort());
      client.close();
    }
    const { streams, interests, wantedNames } = this.server.stats();
    assert.deepEqual([streams, interests, wantedNames], [0, 0, 0]);
  }
}

describe('aliases converge', () => {
  for (const [mode, typeUrl] of [
    ['delta', VIRTUAL_HOST],
    ['delta', CLUSTER_LOAD_ASSIGNMENT],
    ['sotw', CLUSTER],
  ] as const) {
    it(`rules 72 and 87: each client ends up with the resources of its names (${mode}, ${typeUrl})`, async function () {
      this.timeout(propertyTimeout(60_000));
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 50, size: 'max' }), async (steps) => {
          const run = new Run(mode, typeUrl);
          for (const taken of steps) {
            run.take(taken);
            if (taken.kind === 'ack') await turn();
          }
          await run.settle();
          // By state of the world, what a client has left goes with the next response.
          run.store.put(resource(typeUrl, 'none'), run.view);
          await run.settle();
          run.check();
        }),
        {
          numRuns: propertyRuns(Number(process.env['XDS_RUNS'] ?? 500)),
          seed: Number(process.env['XDS_SEED'] ?? 1),
          examples: FOUND.map((steps): [Step[]] => [steps]),
        },
      );
    });
  }
});
