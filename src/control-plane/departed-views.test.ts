/** What belongs to a view goes with the last client that has it: counted, not measured. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { collectGarbage } from '../collect-garbage.js';
import { readCase } from '../testing/case.js';
import { TESTDATA } from '../testing/golden.js';
import { MODES } from '../testing/xds/server.js';
import { XdsTestClient } from '../testing/xds/client.js';
import { VersionedCollection } from '../xds/subscriptions/versioned-collection.js';
import { createControlPlane } from './control-plane.js';
import { typeUrls } from './views/resource-types.js';

describe('promise 13: views of clients that have gone', () => {
  for (const mode of MODES)
    it(`leave neither rows nor bodies behind (${mode})`, async () => {
      const closed: WeakRef<VersionedCollection>[] = [];
      const original = Object.getOwnPropertyDescriptor(VersionedCollection.prototype, 'close');
      assert.ok(original);
      const close = original.value as (this: VersionedCollection) => void;
      VersionedCollection.prototype.close = function (this: VersionedCollection): void {
        closed.push(new WeakRef(this));
        close.call(this);
      };
      const controlPlane = createControlPlane();
      try {
        controlPlane.apply(readCase(join(TESTDATA, 'golden', 'guide')).first);
        const { port } = await controlPlane.xds.listen('127.0.0.1:0');
        for (let number = 0; number < 30; number += 1) {
          // Each has views of its own.
          const metadata = { fields: { TCP_USER_TIMEOUT: { numberValue: 1_000 + number } } };
          const node = { id: 'n', cluster: 'mgmt-cluster', locality: { region: `r${String(number)}` }, metadata };
          const client = new XdsTestClient(port, { mode, node });
          for (const typeUrl of [typeUrls.cluster, typeUrls.listener]) {
            client.subscribe(typeUrl);
            await client.accept(typeUrl);
          }
          client.close();
          while (controlPlane.xds.stats().streams > 0) await turn();
        }
        assert.equal(controlPlane.xds.stats().cachedBytes, 0);
        assert.ok(closed.length >= 30, String(closed.length));
        const left = (): number => closed.filter((collection) => collection.deref() !== undefined).length;
        // What the last turns had in hand may need some more.
        for (let tries = 0; tries < 20 && left() > 2; tries += 1) {
          await turn();
          collectGarbage();
        }
        assert.ok(left() <= 2, `${String(left())} of ${String(closed.length)} collections`);
      } finally {
        Object.defineProperty(VersionedCollection.prototype, 'close', original);
        await controlPlane.xds.drain(0);
      }
    });
});
