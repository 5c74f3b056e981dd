/** Deleted names are forgotten when everybody knows, and a client that never answers is not waited for without end. */
import assert from 'node:assert/strict';
import { status } from '@grpc/grpc-js';
import { MODES, type TestServer, resource, testServers } from '../../testing/xds/server.js';
import { CLUSTER } from '../protocol/type-urls.js';

const BATCH = 600;

describe('deleted names', () => {
  const start = testServers();

  /** Creates and deletes many resources, so that every stream must be sent the deletions. */
  async function churn(xds: TestServer, told: () => Promise<unknown>, round: number): Promise<void> {
    const names = Array.from({ length: BATCH }, (_, index) => `r${String(round)}-${String(index)}`);
    xds.put(...names.map((name) => resource(CLUSTER, name)));
    await told();
    xds.remove(CLUSTER, ...names);
    await told();
  }

  for (const mode of MODES) {
    it(`are forgotten after the removal was sent to all streams (${mode})`, async () => {
      const xds = await start();
      const client = xds.connect(mode);
      client.subscribe(CLUSTER);
      await client.accept(CLUSTER);
      for (let round = 0; round < 8; round += 1) await churn(xds, () => client.accept(CLUSTER), round);
      assert.ok(xds.server.stats().tombstones <= 2 * 1024 + BATCH);
    });

    it(`end a stream that does not answer if there are too many (${mode})`, async () => {
      const xds = await start({ limits: { maxTombstones: 1500 } });
      const [client, stuck] = [xds.connect(mode), xds.connect(mode)];
      for (const each of [client, stuck]) each.subscribe(CLUSTER);
      await client.accept(CLUSTER);
      await stuck.next(CLUSTER);
      for (let round = 0; round < 8; round += 1) await churn(xds, () => client.accept(CLUSTER), round);
      assert.equal((await stuck.status).code, status.ABORTED);
      assert.equal(xds.server.stats().streams, 1);
      await client.expectSilence();
    });

    it(`end no stream if there are many in one change (${mode})`, async () => {
      const xds = await start({ limits: { maxTombstones: 100 } });
      const client = xds.connect(mode);
      client.subscribe(CLUSTER);
      await client.accept(CLUSTER);
      for (let round = 0; round < 3; round += 1) await churn(xds, () => client.accept(CLUSTER), round);
      await client.expectSilence();
    });
  }
});
