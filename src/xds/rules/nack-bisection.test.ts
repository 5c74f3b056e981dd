/**
 * What was rejected together with something that is wrong reaches the client in the end, though the client names nobody. When and in which groups is not
 * said here.
 */
import assert from 'node:assert/strict';
import { MODES, overAllServices, resource } from '../../testing/xds/server.js';
import type { XdsTestClient } from '../../testing/xds/client.js';
import type { ClientResponse } from '../../testing/xds/client-wire.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER } from '../index.js';

const NAMES = Array.from({ length: 16 }, (_, index) => `n${String(index).padStart(2, '0')}`);
const BAD: ReadonlySet<string> = new Set(['n03', 'n12']);
const GOOD = NAMES.filter((name) => !BAD.has(name));

/** Answers everything that comes until nothing more does: rejects what has something wrong in it, and keeps the names of the rest. */
async function answerAll(client: XdsTestClient, accepted: Set<string>, answered: ClientResponse[]): Promise<void> {
  for (;;) {
    await client.settle();
    if (client.pending === 0) return;
    while (client.pending > 0) {
      const response = await client.nextOfAny();
      if (!response.names.some((name) => NAMES.includes(name))) {
        client.ack(response);
        continue;
      }
      answered.push(response);
      if (response.names.some((name) => BAD.has(name))) {
        client.nack(response, 'something is wrong');
        continue;
      }
      for (const name of response.names) accepted.add(name);
      client.ack(response);
    }
  }
}

overAllServices('valid resources in a rejected response', (start) => {
  for (const mode of MODES) {
    // State of the world, clusters and listeners are only ever sent all together.
    for (const typeUrl of mode === 'sotw' ? [CLUSTER_LOAD_ASSIGNMENT] : [CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER]) {
      it(`rule 20: reach the client in the end, and invalid ones are not repeated for ever (${mode}, ${typeUrl.replace(/.*\./, '')})`, async () => {
        const xds = await start({ resources: NAMES.map((name) => resource(typeUrl, name)) });
        const client = xds.connect(mode);
        const [accepted, answered] = [new Set<string>(), [] as ClientResponse[]];
        client.subscribe(typeUrl, [...NAMES, 'other']);
        await answerAll(client, accepted, answered);
        for (let round = 0; round < 64 && accepted.size < GOOD.length; round += 1) {
          xds.put(resource(typeUrl, 'other', String(round)));
          await answerAll(client, accepted, answered);
        }
        assert.deepEqual([...accepted].sort(), GOOD);
        // Two of sixteen are found by halves in at most 2 × 2 × 4 responses, besides those that bring what is sound.
        assert.ok(answered.length <= 48, String(answered.length));

        const told = answered.length;
        for (let round = 0; round < 8; round += 1) {
          xds.put(resource(typeUrl, 'other', `again ${String(round)}`));
          await answerAll(client, accepted, answered);
        }
        assert.ok(answered.length - told <= 8, `${String(answered.length - told)} more for nothing new`);
      });
    }
  }
});
