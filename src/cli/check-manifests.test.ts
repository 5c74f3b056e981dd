/** What stands in other people's directories loads: nothing worse than warnings, and those about kinds that are not ours. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from '../main.js';
import { runCommand } from '../testing/run-command.js';

const MANIFESTS = fileURLToPath(new URL('../../../src/testdata/manifests', import.meta.url));

/** Code and resource of each finding. */
async function findings(file: string): Promise<readonly string[]> {
  const { code, out } = await runCommand(['check', join(MANIFESTS, file)], { ports: { load } });
  const lines = out.split('\n').slice(0, -1);
  assert.equal(code, 0, out);
  return lines.map((line) => line.split(' ').slice(1, 4).join(' '));
}

describe('lifeboat check with manifests', () => {
  it('of Gloo Mesh 1 reports only fields that are unknown or have no effect', async () => {
    assert.deepEqual(await findings('gloo-mesh-1.yaml'), [
      'warning UnknownKind ServiceAccount/orders/basket',
      'warning UnknownKind Deployment/orders/basket',
      'warning UnknownKind Application/argocd/mesh',
      ...Array<string>(4).fill('warning FieldWithoutEffect VirtualMesh/gloo-mesh/all'),
      'warning UnknownKind AccessPolicy/gloo-mesh/everyone',
      'warning UnknownKind VirtualGateway/gloo-mesh/front',
      'warning NoEndpointSlices Service/orders/basket',
      'warning UnmatchedPort Destination/gloo-mesh/post',
      'warning HangNoticedLate VirtualDestination/gloo-mesh/basket',
      ...Array<string>(3).fill('warning FieldWithoutEffect TrafficPolicy/gloo-mesh/filters'),
      ...Array<string>(2).fill('warning AppliesToAllTraffic TrafficPolicy/gloo-mesh/filters'),
      ...Array<string>(2).fill('warning FieldWithoutEffect TrafficPolicy/gloo-mesh/filters'),
      ...Array<string>(2).fill('warning AppliesToAllTraffic TrafficPolicy/gloo-mesh/filters'),
      'warning TargetWithoutTiers TrafficPolicy/gloo-mesh/shift',
      'warning UnknownApiVersion FailoverService/orders/basket',
    ]);
  });

  it('of Gloo Mesh 2 reports only fields that are unknown or have no effect, and late detection', async () => {
    assert.deepEqual(await findings('gloo-mesh-2.yaml'), [
      'warning UnknownKind WorkspaceSettings/orders-config/orders',
      'warning UnknownKind RouteTable/orders-config/basket',
      ...Array<string>(2).fill('warning HangNoticedLate VirtualDestination/orders-config/basket'),
      'warning FieldWithoutEffect VirtualDestination/orders-config/basket',
      'warning SelectsNothing RetryTimeoutPolicy/orders-config/patience',
      'warning UnknownKind CORSPolicy/orders-config/cors',
    ]);
  });
});
