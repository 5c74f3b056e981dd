/** An Envoy that asks for what does not exist is answered, so that it does not wait until it gives up. */
import assert from 'node:assert/strict';
import { envoyType } from '../proto/envoy-types.js';
import { XdsTestClient } from '../testing/xds/client.js';
import type { ClientMode } from '../testing/xds/client-wire.js';
import { RUNTIME, SECRET } from '../xds/index.js';
import { type ControlPlane, createControlPlane } from './control-plane.js';
import { typeUrls } from './views/resource-types.js';

describe('promise 19: what does not exist', () => {
  let controlPlane: ControlPlane;
  let port: number;
  const clients: XdsTestClient[] = [];

  beforeEach(async () => {
    controlPlane = createControlPlane();
    controlPlane.completeLoad();
    ({ port } = await controlPlane.xds.listen('127.0.0.1:0'));
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await controlPlane.xds.drain(0);
  });

  function connect(mode: ClientMode): XdsTestClient {
    const client = new XdsTestClient(port, { mode });
    clients.push(client);
    return client;
  }

  it('is an empty load assignment, or a removal', async () => {
    const [sotw, delta] = [connect('sotw'), connect('delta')];
    for (const client of [sotw, delta]) client.subscribe(typeUrls.endpoint, ['outbound|80||gone.global']);
    const { resources } = await sotw.accept(typeUrls.endpoint);
    assert.deepEqual(
      resources.map(({ value }) => envoyType('envoy.config.endpoint.v3.ClusterLoadAssignment').decode(value).toJSON()),
      [{ clusterName: 'outbound|80||gone.global' }],
    );
    const { names, removed } = await delta.accept(typeUrls.endpoint);
    assert.deepEqual([names, removed], [[], ['outbound|80||gone.global']]);
    await sotw.expectSilence();
  });

  it('is nothing at all where a type has no resources', async () => {
    for (const mode of ['sotw', 'delta'] as const) {
      const client = connect(mode);
      for (const typeUrl of [typeUrls.cluster, typeUrls.listener, 'type.googleapis.com/made.up.Type']) {
        client.subscribe(typeUrl, ['*']);
        const { names, removed } = await client.accept(typeUrl);
        assert.deepEqual([names, removed], [[], []], typeUrl);
      }
    }
    const delta = connect('delta');
    delta.subscribe(RUNTIME, ['rtds']);
    assert.deepEqual((await delta.accept(RUNTIME)).removed, ['rtds']);
  });

  it('is not said of secrets', async () => {
    const client = connect('delta');
    client.subscribe(SECRET, ['s']);
    client.subscribe(RUNTIME, ['later']);
    assert.equal((await client.nextOfAny()).typeUrl, RUNTIME);
  });
});
