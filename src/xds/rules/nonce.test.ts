/** Nonces: which request belongs to which response, and what a request with an old one may do. */
import assert from 'node:assert/strict';
import { MODES, cluster, overAllServices, resource, overTransports } from '../../testing/xds/server.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER } from '../protocol/type-urls.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;

overAllServices('nonces', (start) => {
  for (const mode of MODES) {
    describe(mode, () => {
      it('rule 11: every response has its own nonce', async () => {
        const xds = await start({ resources: [cluster('a'), resource(LISTENER, 'l')] });
        const client = xds.connect(mode);
        client.subscribe(CLUSTER);
        await client.accept(CLUSTER);
        client.subscribe(LISTENER);
        await client.accept(LISTENER);
        for (const content of ['2', '3']) {
          xds.put(cluster('a', content), resource(LISTENER, 'l', content));
          await client.accept(CLUSTER);
          await client.accept(LISTENER);
        }
        const nonces = client.history.map(({ nonce }) => nonce);
        assert.equal(new Set(nonces).size, 6);
        assert.ok(!nonces.includes(''));
      });

      it('rule 12: an ACK is not answered', async () => {
        const xds = await start({ resources: [cluster('a')] });
        const client = xds.connect(mode);
        client.subscribe(CLUSTER);
        const response = await client.accept(CLUSTER);
        await client.expectSilence();
        client.ack(response);
        await client.expectSilence();
      });

      it('rule 24: a first request with the nonce of another stream is a first request', async () => {
        const xds = await start({ resources: [cluster('a')] });
        const client = xds.connect(mode);
        client.subscribe(CLUSTER, [], { responseNonce: 'from-another-stream' });
        assert.deepEqual((await client.accept(CLUSTER)).names, ['a']);
      });

      it('rule 25: the nonce of another stream accepts nothing', async () => {
        const xds = await start({ resources: [resource(EDS, 'a')] });
        const [one, other] = [xds.connect(mode), xds.connect(mode)];
        one.subscribe(EDS, ['a']);
        other.subscribe(EDS, ['a']);
        const [first, second] = [await one.next(EDS), await other.next(EDS)];
        assert.notEqual(first.nonce, second.nonce);
        other.send({ typeUrl: EDS, resourceNames: ['a'], responseNonce: first.nonce });
        await other.expectSilence();
        const states = xds.server.clients().map(({ types }) => types.find(({ typeUrl }) => typeUrl === EDS)?.state);
        assert.deepEqual(states, ['STALE', 'STALE']);
      });

      it('rule 28: one response of a type is in flight, and changes meanwhile become one', async () => {
        const xds = await start({ resources: [resource(EDS, 'a'), resource(EDS, 'b')] });
        const client = xds.connect(mode);
        client.subscribe(EDS, ['a', 'b']);
        const first = await client.next(EDS);
        for (const content of ['2', '3', '4']) xds.put(resource(EDS, 'a', content));
        xds.put(resource(EDS, 'b', '5'));
        await client.expectSilence();
        client.ack(first);
        const second = await client.accept(EDS);
        assert.deepEqual(second.resources.map(({ name, value }) => name + value.toString().slice(-1)).sort(), [
          'a4',
          'b5',
        ]);
        await client.expectSilence();
      });
    });
  }

  describe('sotw', () => {
    it('rule 21: a request with a stale nonce is not answered', async () => {
      const xds = await start({ resources: [resource(EDS, 'a')] });
      const client = xds.connect('sotw');
      client.subscribe(EDS, ['a']);
      const first = await client.accept(EDS);
      xds.put(resource(EDS, 'a', '2'));
      await client.next(EDS);
      client.send({ typeUrl: EDS, resourceNames: ['a'], versionInfo: first.version, responseNonce: first.nonce });
      await client.expectSilence();
    });

    it('rule 22: names of a request with a stale nonce are not lost', async () => {
      const xds = await start({ resources: [resource(EDS, 'a'), resource(EDS, 'b')] });
      const client = xds.connect('sotw');
      client.subscribe(EDS, ['a']);
      const first = await client.accept(EDS);
      xds.put(resource(EDS, 'a', '2'));
      const second = await client.next(EDS);
      client.send({ typeUrl: EDS, resourceNames: ['a', 'b'], versionInfo: first.version, responseNonce: first.nonce });
      await client.expectSilence();
      assert.deepEqual([...(xds.server.clients()[0]?.types[0]?.names ?? [])], ['a', 'b']);
      client.ack(second, { resourceNames: ['a', 'b'] });
      assert.deepEqual((await client.accept(EDS)).names, ['b']);
      await client.expectSilence();
    });

    it('rule 26: a client that unsubscribed before a response came, and ignored it, is served when it subscribes again', async () => {
      const xds = await start({ resources: [resource(EDS, 'a'), resource(EDS, 'b')] });
      const client = xds.connect('sotw');
      client.subscribe(EDS, ['a']);
      const first = await client.accept(EDS);
      xds.put(resource(EDS, 'a', '2'));
      await client.next(EDS);
      const old = { typeUrl: EDS, versionInfo: first.version, responseNonce: first.nonce };
      client.send({ ...old, resourceNames: [] });
      await client.expectSilence();
      client.send({ ...old, resourceNames: ['b'] });
      assert.deepEqual((await client.accept(EDS)).names, ['b']);
    });

    it('rule 27: of several requests of a type the last one counts', async () => {
      const xds = await start({ resources: [resource(EDS, 'a'), resource(EDS, 'b'), resource(EDS, 'c')] });
      const client = xds.connect('sotw');
      client.subscribe(EDS, ['a']);
      const first = await client.next(EDS);
      client.subscribe(EDS, ['a', 'b']);
      client.subscribe(EDS, ['c']);
      client.ack(first);
      assert.deepEqual((await client.accept(EDS)).names, ['c']);
      await client.expectSilence();
    });
  });

  describe('delta', () => {
    it('rule 23: a stale nonce does not keep a subscription from being changed', async () => {
      const xds = await start({ resources: [resource(EDS, 'a'), resource(EDS, 'b')] });
      const client = xds.connect('delta');
      client.subscribe(EDS, ['a']);
      const first = await client.accept(EDS);
      xds.put(resource(EDS, 'a', '2'));
      const second = await client.next(EDS);
      client.send({
        typeUrl: EDS,
        responseNonce: first.nonce,
        resourceNamesSubscribe: ['b'],
        resourceNamesUnsubscribe: ['a'],
      });
      client.ack(second);
      assert.deepEqual((await client.accept(EDS)).names, ['b']);
      xds.put(resource(EDS, 'a', '3'));
      await client.expectSilence();
    });
  });
});

overTransports('nonces and requests that arrive together', (start) => {
  it('rule 27: the last of them is answered, once', async () => {
    // In this process, since it is not for a client to say what arrives together.
    const xds = await start({ clients: 'separate', resources: [resource(EDS, 'a'), resource(EDS, 'b')] });
    const client = xds.connect('sotw');
    client.subscribe(EDS, ['a']);
    client.subscribe(EDS, ['b']);
    assert.deepEqual((await client.accept(EDS)).names, ['b']);
    await client.expectSilence();
  });
});
