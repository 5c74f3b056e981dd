/** What one more name costs an incremental client that has many: no more than with few. Counted, not timed. */
import assert from 'node:assert/strict';
import { countSteps } from '../testing/work-meter.js';
import { resource } from '../testing/xds/server.js';
import { FleetClient, settle } from '../testing/xds/fleet.js';
import { ResourceStore, XdsServer } from './index.js';
import { CLUSTER_LOAD_ASSIGNMENT, VIRTUAL_HOST } from './protocol/type-urls.js';

const FEW = 1_000;
const MANY = 100_000;
/** Names that are added one by one. */
const ADDED = 50;
/** Steps for a request that names one, its answer and the ACK. */
const STEPS_PER_NAME = 1_000;

/** Steps of adding names to so many, and of telling the client what it then subscribes to. */
async function costOf(typeUrl: string, count: number, aliases: readonly string[], names: readonly string[]) {
  const store = new ResourceStore();
  const server = new XdsServer({ provider: store });
  for (const alias of aliases) store.put(resource(typeUrl, `of-${alias}`, '1', { aliases: [alias] }));
  const client = new FleetClient('delta', 'n');
  client.connect(server);
  client.subscribe(
    typeUrl,
    Array.from({ length: count }, (_, index) => `name-${String(index)}`),
  );
  await settle([client]);
  let steps = 0;
  for (const name of names) {
    steps += countSteps(() => client.subscribe(typeUrl, [name]));
    await settle([client]);
    steps += countSteps(() => store.put(resource(typeUrl, name, '2')));
    assert.ok(client.unread > 0);
    await settle([client]);
  }
  assert.equal(server.clients()[0]?.types[0]?.names.size, count + names.length);
  client.disconnect();
  return steps;
}

describe('the cost of one more name', function () {
  this.timeout(60_000);
  const added = Array.from({ length: ADDED }, (_, index) => `added-${String(index)}`);
  for (const [what, typeUrl, aliases] of [
    ['load assignments', CLUSTER_LOAD_ASSIGNMENT, []],
    ['virtual hosts with aliases', VIRTUAL_HOST, ['name-1', 'added-1', 'other']],
  ] as const) {
    it(`does not grow with the number of names (${what})`, async () => {
      const few = await costOf(typeUrl, FEW, aliases, added);
      const many = await costOf(typeUrl, MANY, aliases, added);
      assert.ok(few / ADDED <= STEPS_PER_NAME, `${String(few / ADDED)} steps for each name`);
      assert.ok(many <= 1.5 * few, `${String(few)} steps, and ${String(many)} with many names`);
    });
  }
});
