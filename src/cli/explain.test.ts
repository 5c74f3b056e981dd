import assert from 'node:assert/strict';
import { load } from '../main.js';
import { runCommand, withAdmin, withFiles } from '../testing/run-command.js';

/** Without endpoints there is no tier. `cart` of the namespace `shop` has one. */
const SERVICES = `
apiVersion: discovery.mesh.gloo.solo.io/v1
kind: Destination
metadata: { name: empty, namespace: shop }
spec: { kubeService: { ref: { name: empty, namespace: shop, clusterName: east }, region: r1, ports: [{ port: 80, name: http }] } }
---
apiVersion: discovery.mesh.gloo.solo.io/v1
kind: Destination
metadata: { name: cart, namespace: shop }
spec:
  kubeService:
    ref: { name: cart, namespace: shop, clusterName: east }
    region: r1
    ports: [{ port: 80, name: http }]
    endpointSubsets: [{ endpoints: [{ ipAddress: 10.0.0.1 }], ports: [{ port: 80, name: http }] }]
`;

const client = ['--from', 'r1', '--cluster', 'east'];

/** By files and by a server: the same, but for where it comes from. */
async function both(test: (origin: readonly string[]) => Promise<void>): Promise<void> {
  await withFiles({ 'services.yaml': SERVICES }, async (directory) => {
    await test(['--config', directory]);
    await withAdmin(await load([{ path: directory }]), (url) => test(['--server', url]));
  });
}

describe('lifeboat explain', () => {
  it('fails for a client without tiers, and explains why', () =>
    both(async (origin) => {
      const { code, out, err } = await runCommand(['explain', 'empty.shop', ...client, ...origin], {
        ports: { load },
      });
      assert.deepEqual([code, out], [1, '']);
      assert.match(err, /empty\.shop:80 has no endpoint: requests to it fail\./);
    }));

  it('uses the namespace of the client', () =>
    both(async (origin) => {
      const run = (namespace: string) =>
        runCommand(['explain', 'cart', '--namespace', namespace, ...client, ...origin], { ports: { load } });
      const { code, out } = await run('shop');
      assert.equal(code, 0);
      assert.match(
        out,
        /^TIER +TIER-SHARE +LOCALITY +WEIGHT +ENDPOINT +HEALTH +SHARE +RULE\n0 +100% +r1 .*10\.0\.0\.1:80/,
      );
      const elsewhere = await run('front');
      assert.equal(elsewhere.code, 1);
      assert.match(elsewhere.err, /for clients in namespace front/);
    }));
});
