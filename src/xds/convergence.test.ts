/**
 * Random worlds, random clients: whatever changes in whatever order, no client ever has a route to a cluster it lacks, and
 * in the end every client has what a new one gets.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { propertyRuns } from '../testing/property-runs.js';
import { statusClaims } from '../testing/xds/client-status.js';
import { EnvoyModel } from '../testing/xds/client-model.js';
import { ONCE_FAILED, type History } from '../testing/xds/once-failed.js';
import { Run, VIEWS, checkNothingLeft, steps, turn, worlds } from '../testing/xds/random-run.js';
import type { EncodedResource } from './index.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER, ROUTE_CONFIGURATION } from './protocol/type-urls.js';
import { XdsStream } from './streams/stream.js';
import { Unsure, heldVersion } from './holdings/holding.js';
import { Subscription } from './subscriptions/subscription.js';
import { holdingOf } from './holdings/subscription-state.js';
import { resourceStatuses } from './csds/resource-status.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;
const TYPES = [CLUSTER, EDS, LISTENER, ROUTE_CONFIGURATION] as const;

describe('convergence', () => {
  it('every client ends up with all resources, and never has a route to a missing cluster', async function () {
    this.timeout(0);
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(worlds, worlds),
        fc.array(steps, { maxLength: 60, size: 'max' }),
        worlds,
        (first, changes, last) => converges({ first, changes, last }),
      ),
      { numRuns: propertyRuns(Number(process.env['XDS_RUNS'] ?? 2000)), seed: Number(process.env['XDS_SEED'] ?? 1) },
    );
  });

  // After the random runs, so that the code is optimized: before that, a turn of the server is too short for all streams.
  for (const { what, ...history } of ONCE_FAILED) it(what, () => converges(history));
});

/** The client has the resources of `last` in the end, whatever changed before. */
async function converges({ first, changes, last }: History): Promise<void> {
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
  // What was rejected along with others may need some more changes to come through.
  for (let round = 0; round < 4; round += 1) {
    run.server.transaction(() => VIEWS.forEach((name) => run.put(name, EDS, 'a', `round ${String(round)}`)));
    await run.settle();
  }
  checkClaims(run);
  checkSettled(run);
  await checkAll(run);
}

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

/** What the server takes for held or says to be SYNCED, its client holds: after every step, whatever was rejected, cut off or brought along. */
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
  if (model === undefined || !TYPES.some((type) => type === typeUrl) || model.hasUnanswered(typeUrl)) return;
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

/** In the end all is SYNCED but what a client rejected and was not sent again, and what is not there. */
function checkSettled({ server, clients }: Run): void {
  for (const { node, typeUrl, name, configStatus, value } of statusClaims(server)) {
    const nacks = clients[Number(node.slice(1))]?.nacks ?? 0;
    if (nacks === 0) assert.equal(configStatus, value.length > 0 ? 'SYNCED' : 'NOT_SENT', `${node} ${typeUrl} ${name}`);
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
      if (quiet === 2 && fresh.endWarming()) quiet = 0;
    }
    model.fetchTimeout();
    for (const typeUrl of TYPES)
      assert.deepEqual(model.holdings(typeUrl), fresh.holdings(typeUrl), `${model.mode} ${viewName} ${typeUrl}`);
    assert.deepEqual([...model.warming], [], `${model.mode} still warms`);
    fresh.disconnect();
    model.disconnect();
  }
  checkNothingLeft(run);
}
