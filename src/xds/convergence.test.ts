/**
 * Random worlds, random clients: whatever changes in whatever order, no client ever has a route to a cluster it lacks, and
 * in the end every client has what a new one gets.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { statusClaims } from '../testing/client-status.js';
import { EnvoyModel, UNNAMED } from '../testing/xds-client-model.js';
import { resource } from '../testing/xds-client-server.js';
import { type EncodedResource, type ResourceProvider, ResourceStore, XdsServer } from './index.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER, ROUTE_CONFIGURATION } from './protocol/type-urls.js';
import { XdsStream } from './streams/stream.js';
import { Unsure, heldVersion } from './holdings/holding.js';
import { Subscription } from './subscriptions/subscription.js';
import { holdingOf } from './holdings/scene.js';
import { resourceStatuses } from './csds/resource-status.js';
import { VersionedCollection } from './subscriptions/versioned-collection.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;
const TYPES = [CLUSTER, EDS, LISTENER, ROUTE_CONFIGURATION] as const;
/** Bisecting what is refused takes some turns, and comes to an end. */
const MOST_TURNS = 400;
const VIEWS = ['v0', 'v1'] as const;

/** Which clusters there are, with which contents, and where each of two routes leads. */
interface World {
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
const worlds = worldsOf(content);
const wrongWorlds = worldsOf(fc.constantFrom('1', '2', '3', '4', '5', 'bad', UNNAMED));

type Step =
  | { readonly kind: 'change'; readonly view: number; readonly world: World }
  | { readonly kind: 'endpoints'; readonly view: number; readonly cluster: string; readonly content: string }
  | { readonly kind: 'client'; readonly client: number; readonly count: number }
  | { readonly kind: 'toggle'; readonly client: number }
  | { readonly kind: 'move'; readonly client: number; readonly view: number };

const view = fc.nat(VIEWS.length - 1);
const client = fc.nat(3);
const steps: fc.Arbitrary<Step> = fc.oneof(
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
);

/** The provider, with the collections that are open in it. */
function watched(provider: ResourceProvider, open: Set<VersionedCollection>): ResourceProvider {
  return {
    viewOf: (node, typeUrl) => provider.viewOf(node, typeUrl),
    open: (collection) => {
      const opened = provider.open(collection);
      if (!(collection instanceof VersionedCollection) || opened === undefined) return opened;
      open.add(collection);
      return {
        ...opened,
        close: () => {
          open.delete(collection);
          opened.close();
        },
      };
    },
  };
}

class Run {
  readonly views = new Map<string, string>();
  readonly store = new ResourceStore({ viewOf: ({ id }) => this.views.get(id) ?? 'v0' });
  /** Open ones, from the inside. */
  readonly collections = new Set<VersionedCollection>();
  readonly server = new XdsServer({
    provider: watched(this.store, this.collections),
    limits: { orderDeadlineMs: 1e9, maxResponseBytes: 250 },
  });
  readonly clients = ['sotw', 'delta', 'sotw', 'delta'].map(
    (mode, index) => new EnvoyModel(this.server, mode === 'sotw' ? 'sotw' : 'delta', `c${String(index)}`),
  );
  readonly names = new Map<string, Set<string>>();

  /** Makes the view this world, in one transaction. */
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
    } else this.takeClient(step);
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

  /** Everybody takes everything, until nobody is told anything more. */
  async settle(): Promise<void> {
    for (let quiet = 0, turns = 0; quiet < 3; turns += 1) {
      assert.ok(turns < MOST_TURNS, 'it never comes to rest');
      await turn();
      const busy = this.clients.filter(({ pending }) => pending > 0);
      quiet = busy.length === 0 ? quiet + 1 : 0;
      for (const model of busy) while (model.pending > 0) model.step();
    }
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('convergence', () => {
  it('every client ends up with the world, and never has a route to nowhere', async function () {
    this.timeout(0);
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(worlds, worlds),
        fc.array(steps, { maxLength: 60, size: 'max' }),
        worlds,
        async (first, changes, last) => {
          const run = new Run();
          VIEWS.forEach((name, index) => run.change(name, first[index] ?? last));
          for (const model of run.clients) model.connect();
          for (const change of changes) {
            run.take(change);
            checkLedger(run);
            if (change.kind === 'client') await turn();
          }
          for (const model of run.clients) if (!model.connected) model.connect();
          for (const name of VIEWS) run.change(name, last);
          await run.settle();
          // What was refused along with others may need some more changes to come through.
          for (let round = 0; round < 4; round += 1) {
            run.server.transaction(() => VIEWS.forEach((name) => run.put(name, EDS, 'a', `round ${String(round)}`)));
            await run.settle();
          }
          checkClaims(run);
          checkSettled(run);
          await checkAll(run);
        },
      ),
      { numRuns: Number(process.env['XDS_RUNS'] ?? 2000), seed: Number(process.env['XDS_SEED'] ?? 1) },
    );
  });
});

/** What is said to be SYNCED, its client has, and just so. */
function checkClaims({ server, clients }: Run): void {
  for (const { node, typeUrl, name, configStatus, value } of statusClaims(server)) {
    if (configStatus !== 'SYNCED') continue;
    const model = clients[Number(node.slice(1))];
    const held = new Map(model?.holdings(typeUrl)).get(name);
    assert.equal(
      held,
      value.toString('utf8', value.length - (held?.length ?? 0)),
      `${node} ${model?.mode} ${typeUrl} ${name}`,
    );
  }
}

/** What the server takes for held or says to be SYNCED, its client holds: after every step, whatever was refused, cut off or brought along. */
function checkLedger({ collections, clients }: Run): void {
  for (const collection of collections) {
    for (const { users } of collection.interests.all()) {
      for (const user of users) if (user instanceof Subscription) checkHeld(user, clients);
    }
  }
}

function checkHeld(subscription: Subscription, clients: Run['clients']): void {
  const { typeUrl, collection, interest, standing } = subscription;
  const id = subscription.host instanceof XdsStream ? subscription.host.node.id : '';
  const model = clients[Number(id.slice(1))];
  if (model === undefined || !TYPES.some((type) => type === typeUrl)) return;
  for (const { state, name, resource: claimed } of resourceStatuses(subscription)) {
    if (state === 'SYNCED')
      assert.equal(
        model.held(typeUrl, name),
        claimed && textOf(claimed),
        `${id} ${model.mode} ${typeUrl} ${name} is SYNCED`,
      );
  }
  const names = new Set([...standing.exceptions.keys(), ...[...collection.entries()].map(({ name }) => name)]);
  for (const name of names) {
    if (!interest.covers(name) && !interest.wildcard) continue;
    const holding = holdingOf(subscription, name, collection.entry(name));
    if (holding instanceof Unsure && holding.other) continue;
    const held = model.held(typeUrl, name);
    const may = holding instanceof Unsure ? [undefined, ...holding.maybe.map(textOf)] : [holding && textOf(holding)];
    if (!model.isKnown(typeUrl, name) && heldVersion(holding) === undefined) continue;
    assert.ok(
      may.includes(held),
      `${id} ${model.mode} ${typeUrl} ${name}: holds ${String(held)}, taken for ${may.join(' or ')}`,
    );
  }
}

/** Field 15 of the message, which follows the name. */
function textOf({ name, value }: EncodedResource): string {
  return value.toString('utf8', 2 + Buffer.byteLength(name) + 2);
}

/** In the end all is SYNCED but what a client refused and was not sent again, and what is not there. */
function checkSettled({ server, clients }: Run): void {
  for (const { node, typeUrl, name, configStatus, value } of statusClaims(server)) {
    const refusals = clients[Number(node.slice(1))]?.refusals ?? 0;
    if (refusals === 0)
      assert.equal(configStatus, value.length > 0 ? 'SYNCED' : 'NOT_SENT', `${node} ${typeUrl} ${name}`);
  }
}

async function checkAll(run: Run): Promise<void> {
  for (const [index, model] of run.clients.entries()) {
    const viewName = run.views.get(`c${String(index)}`) ?? 'v0';
    const fresh = new EnvoyModel(run.server, model.mode, `c${String(index)}`);
    fresh.connect();
    for (let quiet = 0; quiet < 3;) {
      await turn();
      quiet = fresh.pending === 0 ? quiet + 1 : 0;
      while (fresh.pending > 0) fresh.step();
    }
    for (const typeUrl of TYPES)
      assert.deepEqual(model.holdings(typeUrl), fresh.holdings(typeUrl), `${model.mode} ${viewName} ${typeUrl}`);
    assert.deepEqual([...model.warming], [], `${model.mode} still warms`);
    fresh.disconnect();
    model.disconnect();
  }
  const { cachedBytes, lapsed, ...left } = run.server.stats();
  assert.ok(lapsed <= run.clients.length);
  assert.ok(cachedBytes >= 0);
  assert.deepEqual(
    Object.values(left).filter((count) => count !== 0),
    [],
    JSON.stringify(left),
  );
}
