/** What a source may be told about its resources: statuses, conditions, and the proxies that hold what is made of them. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { readCase } from '../testing/case.js';
import { TESTDATA } from '../testing/golden.js';
import { XdsTestClient } from '../testing/xds/client.js';
import { runToEnd } from '../turns/run-to-end.js';
import type { ResourceReport } from './api/api.js';
import { type ControlPlane, createControlPlane } from './control-plane.js';
import { typeUrls } from './views/resource-types.js';

const HERE = 'mgmt-cluster';

describe('reports about resources', () => {
  let controlPlane: ControlPlane;
  let port: number;
  const clients: XdsTestClient[] = [];

  beforeEach(async () => {
    controlPlane = createControlPlane();
    controlPlane.apply(readCase(join(TESTDATA, 'golden/guide')).first);
    ({ port } = await controlPlane.xds.listen('127.0.0.1:0'));
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await controlPlane.xds.drain(0);
  });

  function connect(cluster: string): XdsTestClient {
    const id = `${cluster}-${String(clients.length)}`;
    const client = new XdsTestClient(port, { mode: 'delta', node: { id, cluster } });
    clients.push(client);
    client.subscribe(typeUrls.cluster);
    return client;
  }

  function reports(): readonly ResourceReport[] {
    return runToEnd(controlPlane.reportsInSteps(() => true));
  }

  /** The condition of the resource whose status has this field. */
  function condition(type: string, field = 'meshes'): string {
    const report = reports().find(({ status }) => field in status) ?? assert.fail();
    const found = report.conditions.find((one) => one.type === type);
    return found === undefined ? '' : `${found.status} ${found.reason}: ${found.message}`;
  }

  it('are about the files that are asked for', () => {
    assert.ok(reports().length > 3);
    assert.deepEqual(runToEnd(controlPlane.reportsInSteps(() => false)), []);
  });

  it('count the proxies that see a resource, and those that hold it', async () => {
    assert.equal(
      condition('Programmed'),
      'Unknown NoProxies: No proxy that sees it is connected to the writing replica.',
    );
    const client = connect(HERE);
    await client.accept(typeUrls.cluster);
    await until(() => controlPlane.proxies().some(({ state }) => state === 'SYNCED'));
    connect('nowhere');
    await until(() => controlPlane.proxies().length === 2);
    const held =
      'True Programmed: 1 of 1 proxies that see it and are connected to the writing replica have acknowledged it.';
    assert.equal(condition('Programmed'), held);
    assert.equal(condition('Programmed', 'trafficTargets'), held);
  });

  it('say what Envoys rejected', async () => {
    const client = connect(HERE);
    client.nack(await client.next(typeUrls.cluster), 'reviews-failover.bookinfo.global: no');
    await until(() => controlPlane.proxies().some(({ state }) => state === 'NACK'));
    assert.match(condition('Programmed'), /^False Rejected: 0 of 1 proxies .* rejected .*: no/);
    assert.match(condition('Accepted'), /^True/);
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turn();
}
