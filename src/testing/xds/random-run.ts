/**
 * A random run of an xDS server: clusters and routes in two views change, and clients of both variants answer, disconnect, reconnect and
 * change their views. At times, another server replaces the first one.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type Collection,
  type EncodedResource,
  type ResourceProvider,
  ResourceStore,
  XdsServer,
} from '../../xds/index.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER, ROUTE_CONFIGURATION } from '../../xds/protocol/type-urls.js';
import { VersionedCollection } from '../../xds/subscriptions/versioned-collection.js';
import { EnvoyModel, NONE, UNNAMED } from './client-model.js';
import { resource } from './server.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;
/** The bisection of rejected resources needs a limited number of rounds. */
const MOST_TURNS = 400;
export const VIEWS = ['v0', 'v1'] as const;
const CLIENT_MODES = ['sotw', 'delta', 'sotw', 'delta'] as const;

/** The existing clusters with their contents, and the cluster of each of two routes. */
export interface World {
  readonly clusters: readonly (readonly [name: string, content: string, endpoints: string])[];
  readonly routes: readonly (readonly number[])[];
}

const content = fc.constantFrom('1', '2', '3');
const worldsOf = (ofCluster: fc.Arbitrary<string>): fc.Arbitrary<World> =>
  fc.record({
    clusters: fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), ofCluster, content), {
      selector: ([name]) => name,
      minLength: 1,
    }),
    routes: fc.array(fc.array(fc.nat(4), { maxLength: 3 }), { minLength: 1, maxLength: 2 }),
  });
export const worlds = worldsOf(content);
const wrongWorlds = worldsOf(fc.constantFrom('1', '2', '3', '4', '5', 'bad', UNNAMED));

export type Step =
  | { readonly kind: 'change'; readonly view: number; readonly world: World }
  | { readonly kind: 'endpoints'; readonly view: number; readonly cluster: string; readonly content: string }
  | { readonly kind: 'client'; readonly client: number; readonly count: number }
  | { readonly kind: 'toggle'; readonly client: number }
  | { readonly kind: 'move'; readonly client: number; readonly view: number }
  | { readonly kind: 'restart'; readonly back: readonly boolean[] };

const view = fc.nat(VIEWS.length - 1);
const client = fc.nat(CLIENT_MODES.length - 1);
export const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('change' as const), view, world: wrongWorlds }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('endpoints' as const),
      view,
      cluster: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      content: fc.constantFrom('1', '2', 'bad', UNNAMED),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('client' as const), client, count: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('toggle' as const), client }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('move' as const), client, view }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('restart' as const),
      back: fc.array(fc.boolean(), { minLength: CLIENT_MODES.length, maxLength: CLIENT_MODES.length }),
    }),
  },
);

/** The provider, which adds its open collections to `open`. */
function watched(provider: ResourceProvider, open: Set<VersionedCollection>): ResourceProvider {
  return {
    viewOf: (node, typeUrl) => provider.viewOf(node, typeUrl),
    open: (collection) => {
      const asked = collection.typeUrl === EDS ? new AskedFor(collection) : undefined;
      const opened = provider.open(asked ?? collection);
      if (!(collection instanceof VersionedCollection) || opened === undefined) return opened;
      open.add(collection);
      return {
        ...opened,
        ...(asked && { want: asked.want, unwant: asked.unwant }),
        ...(collection.typeUrl === EDS && { missing: (name: string) => resource(EDS, name, NONE) }),
        close: () => {
          open.delete(collection);
          opened.close();
        },
      };
    },
  };
}

/** Of a collection, only the resources that a client names: a provider may compute them only then. */
class AskedFor implements Collection {
  readonly typeUrl: string;
  readonly view: string;
  readonly #target: Collection;
  readonly #all = new Map<string, EncodedResource>();
  readonly #wanted = new Set<string>();

  constructor(target: Collection) {
    this.typeUrl = target.typeUrl;
    this.view = target.view;
    this.#target = target;
  }

  readonly want = (name: string): void => {
    this.#wanted.add(name);
    const known = this.#all.get(name);
    if (known !== undefined) this.#target.set(known);
  };

  readonly unwant = (name: string): void => {
    this.#wanted.delete(name);
    this.#target.delete(name);
  };

  set(added: EncodedResource): void {
    this.#all.set(added.name, added);
    if (this.#wanted.has(added.name)) this.#target.set(added);
  }

  delete(name: string): void {
    this.#all.delete(name);
    this.#target.delete(name);
  }

  get(name: string): EncodedResource | undefined {
    return this.#all.get(name);
  }

  names(): Iterable<string> {
    return this.#all.keys();
  }
}

export class Run {
  readonly views = new Map<string, string>();
  readonly store = new ResourceStore({ viewOf: ({ id }) => this.views.get(id) ?? 'v0' });
  /** The open collections of the server. */
  readonly collections = new Set<VersionedCollection>();
  server = this.#newServer();
  readonly clients = CLIENT_MODES.map((mode, index) => new EnvoyModel(this.server, mode, `c${String(index)}`));
  readonly names = new Map<string, Set<string>>();

  #newServer(): XdsServer {
    return new XdsServer({
      provider: watched(this.store, this.collections),
      limits: { orderDeadlineMs: 1e9, maxResponseBytes: 250, acceptancesPerNack: 2 },
    });
  }

  /** Starts another server with the same resources. `back`: which clients reconnect at once. */
  restart(back: readonly boolean[]): void {
    const connected = this.clients.filter((model) => model.connected);
    for (const model of connected) model.disconnect();
    checkNothingLeft(this);
    this.server = this.#newServer();
    for (const model of this.clients) model.useServer(this.server);
    for (const [index, model] of this.clients.entries())
      if (back[index] === true && connected.includes(model)) model.connect();
  }

  /** Replaces the resources of the view, in one transaction. */
  change(viewName: string, world: World): void {
    this.server.transaction(() => {
      const present = world.clusters.map(([name]) => name);
      for (const [name, ofCluster, ofEndpoints] of world.clusters) {
        this.put(viewName, CLUSTER, name, ofCluster, { endpoints: name });
        this.put(viewName, EDS, name, ofEndpoints);
      }
      this.keep(viewName, CLUSTER, present);
      this.keep(viewName, EDS, present);
      const routes = world.routes.map(
        (targets, index) =>
          [`r${String(index)}`, [...new Set(targets.map((target) => present[target % present.length] ?? ''))]] as const,
      );
      for (const [name, targets] of routes) {
        this.put(viewName, ROUTE_CONFIGURATION, name, targets.join(), {
          clusters: targets.filter((target) => target !== ''),
        });
        this.put(viewName, LISTENER, `l${name}`, name);
      }
      this.keep(
        viewName,
        ROUTE_CONFIGURATION,
        routes.map(([name]) => name),
      );
      this.keep(
        viewName,
        LISTENER,
        routes.map(([name]) => `l${name}`),
      );
    });
  }

  put(viewName: string, typeUrl: string, name: string, text: string, options: object = {}): void {
    this.store.put(resource(typeUrl, name, text, options), viewName);
    this.nameSet(viewName, typeUrl).add(name);
  }

  keep(viewName: string, typeUrl: string, present: readonly string[]): void {
    const names = this.nameSet(viewName, typeUrl);
    for (const name of [...names]) {
      if (present.includes(name)) continue;
      this.store.remove(typeUrl, name, viewName);
      names.delete(name);
    }
  }

  nameSet(viewName: string, typeUrl: string): Set<string> {
    const key = `${viewName} ${typeUrl}`;
    const names = this.names.get(key) ?? new Set<string>();
    this.names.set(key, names);
    return names;
  }

  take(step: Step): void {
    if (step.kind === 'change') this.change(VIEWS[step.view] ?? 'v0', step.world);
    else if (step.kind === 'endpoints') {
      const viewName = VIEWS[step.view] ?? 'v0';
      if (this.nameSet(viewName, EDS).has(step.cluster)) this.put(viewName, EDS, step.cluster, step.content);
    } else if (step.kind === 'restart') this.restart(step.back);
    else this.takeClient(step);
  }

  takeClient(step: Extract<Step, { readonly client: number }>): void {
    const model = this.clients[step.client];
    if (model === undefined) return;
    if (step.kind === 'client') for (let count = 0; count < step.count; count += 1) model.step();
    else if (step.kind === 'toggle') {
      if (model.connected) model.disconnect();
      else model.connect();
    } else {
      this.views.set(`c${String(step.client)}`, VIEWS[step.view] ?? 'v0');
      this.server.reassign();
    }
  }

  /**
   * Clusters whose endpoints do not come end to warm after a time (`initial_fetch_timeout`). Returns whether there were any. If nothing was
   * rejected, these endpoints do not exist.
   */
  #endWarming(): boolean {
    if (this.clients.every(({ nacks }) => nacks === 0)) for (const model of this.clients) this.#checkWarming(model);
    return this.clients.filter((model) => model.endWarming()).length > 0;
  }

  /**
   * No client waits for endpoints, even if they are deleted. A state-of-the-world client that came back does not say what it holds, so it may
   * wait for deleted ones.
   */
  #checkWarming(model: EnvoyModel): void {
    if (!model.connected) return;
    const viewName = this.views.get(model.id) ?? 'v0';
    const answerable = (name: string): boolean =>
      model.mode === 'delta' || this.store.get(EDS, name, viewName) !== undefined;
    assert.deepEqual([...model.lateEndpoints()].filter(answerable), [], `${model.id} waits for endpoints`);
  }

  /** All clients accept all responses until no more arrive. */
  async settle(): Promise<void> {
    for (let quiet = 0, turns = 0; quiet < 3; turns += 1) {
      assert.ok(turns < MOST_TURNS, 'it never comes to rest');
      await turn();
      const busy = this.clients.filter(({ pending }) => pending > 0);
      quiet = busy.length === 0 ? quiet + 1 : 0;
      for (const model of busy) while (model.pending > 0) model.step();
      if (quiet === 2 && this.#endWarming()) quiet = 0;
    }
  }
}

export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** After the last client has disconnected, the server stores nothing about clients. */
export function checkNothingLeft({ server, clients }: Run): void {
  const { cachedBytes, unresumed, ...left } = server.stats();
  assert.ok(unresumed <= clients.length);
  assert.ok(cachedBytes >= 0);
  assert.deepEqual(
    Object.values(left).filter((count) => count !== 0),
    [],
    JSON.stringify(left),
  );
}
