/** Locators in requests: their names count like any others. */
import assert from 'node:assert/strict';
import { MODES, overAllServices, resource } from '../../testing/xds/server.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER } from '../protocol/type-urls.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;

overAllServices('resource locators', (start) => {
  const locator = (name: string) => ({ name, dynamicParameters: { env: 'prod' } });

  for (const mode of MODES) {
    for (const typeUrl of [CLUSTER, LISTENER, EDS]) {
      it(`rule 88: locators name resources, and are not a wildcard (${mode}, ${typeUrl})`, async () => {
        const xds = await start({ resources: ['a', 'b', 'c'].map((name) => resource(typeUrl, name)) });
        const client = xds.connect(mode);
        const locators = [locator('a')];
        if (mode === 'sotw') client.send({ typeUrl, resourceLocators: locators });
        else client.send({ typeUrl, resourceLocatorsSubscribe: locators });
        assert.deepEqual((await client.next(typeUrl)).names, ['a']);
        await client.expectSilence();
      });
    }
  }

  it('rule 88: state of the world: locators can be combined with names, and an ACK with the same locators is an ACK', async () => {
    const xds = await start({ resources: ['a', 'b', 'c'].map((name) => resource(EDS, name)) });
    const client = xds.connect('sotw');
    const wanted = { typeUrl: EDS, resourceNames: ['b'], resourceLocators: [locator('a')] };
    client.send(wanted);
    const first = await client.next(EDS);
    assert.deepEqual(first.names, ['a', 'b']);
    client.send({ ...wanted, versionInfo: first.version, responseNonce: first.nonce });
    await client.expectSilence();
    xds.put(resource(EDS, 'a', '2'), resource(EDS, 'c', '2'));
    const second = await client.next(EDS);
    assert.deepEqual(second.names, ['a']);
    client.send({ typeUrl: EDS, responseNonce: second.nonce, resourceLocators: [locator('c'), locator('b')] });
    assert.deepEqual((await client.accept(EDS)).names, ['c']);
  });

  it('rule 88: incremental: the name in a locator is subscribed, reported as missing, and unsubscribed like other names', async () => {
    const xds = await start({ resources: [resource(EDS, 'a')] });
    const client = xds.connect('delta');
    client.send({ typeUrl: EDS, resourceLocatorsSubscribe: [locator('a'), locator('none')] });
    const { names, removed } = await client.accept(EDS);
    assert.deepEqual([names, removed], [['a'], ['none']]);
    client.send({ typeUrl: EDS, resourceLocatorsUnsubscribe: [locator('a')] });
    await client.expectSilence();
    xds.put(resource(EDS, 'a', '2'), resource(EDS, 'none'));
    assert.deepEqual((await client.accept(EDS)).names, ['none']);
    await client.expectSilence();
  });
});
