/** NACKs: never repeated, never blocking, always visible. */
import assert from 'node:assert/strict';
import type { ClientResponse } from '../../testing/xds/client-wire.js';
import { MODES, cluster, overAllServices, resource } from '../../testing/xds/server.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER } from '../protocol/type-urls.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;

/** What is sent of six resources, two of them bad; where each response is the full state, with what was accepted. */
const TRIALS = ['a b bad c d worse', 'a b bad', 'a b', 'bad', 'c d worse', 'c d', 'worse'];
const FULL_TRIALS = ['a b bad c d worse', 'a b bad', 'a b', 'a b bad', 'a b c d worse', 'a b c d', 'a b c d worse'];

overAllServices('NACKs', (start) => {
  for (const mode of MODES) {
    describe(mode, () => {
      it('rule 13: a request with error_detail is a NACK, with any version', async () => {
        const xds = await start({ resources: [cluster('a')] });
        const client = xds.connect(mode);
        client.subscribe(CLUSTER);
        const response = await client.next(CLUSTER);
        client.nack(response, 'no', mode === 'sotw' ? { versionInfo: response.version } : {});
        await client.settle();
        assert.equal(xds.server.clients()[0]?.types[0]?.state, 'ERROR');
      });

      it('rule 13: a request with an empty error_detail is a NACK; one with an old version and without error_detail is not', async () => {
        const xds = await start({ resources: [cluster('a')] });
        const client = xds.connect(mode);
        client.subscribe(CLUSTER);
        client.ack(await client.next(CLUSTER), mode === 'sotw' ? { versionInfo: 'old' } : {});
        await client.settle();
        assert.equal(xds.server.clients()[0]?.types[0]?.state, 'SYNCED');
        xds.put(cluster('a', '2'));
        client.nack(await client.next(CLUSTER), '', { errorDetail: {} });
        await client.settle();
        assert.equal(xds.server.clients()[0]?.types[0]?.state, 'ERROR');
      });

      for (const typeUrl of [CLUSTER, EDS]) {
        it(`rule ${mode === 'sotw' ? '14' : '15'}: a rejected version is not sent again (${typeUrl})`, async () => {
          const xds = await start({ resources: [resource(typeUrl, 'a'), resource(typeUrl, 'b')] });
          const client = xds.connect(mode);
          client.subscribe(typeUrl, ['a', 'b']);
          const response = await client.next(typeUrl);
          for (let round = 0; round < 3; round += 1) {
            client.nack(response, 'a: bad, b: bad');
            await client.expectSilence();
          }
        });

        it(`rule 20: resources that were rejected without a name are sent again at once in halves, until the invalid one is alone (${typeUrl})`, async () => {
          const names = ['a', 'b', 'bad', 'c', 'd', 'worse'];
          const xds = await start({ resources: names.map((name) => resource(typeUrl, name)) });
          const client = xds.connect(mode);
          client.subscribe(typeUrl, names);
          const told: string[] = [];
          const sound = ({ names: sent }: ClientResponse): boolean =>
            !sent.some((name) => ['bad', 'worse'].includes(name));
          await client.settle();
          while (client.pending > 0) {
            const response = await client.next(typeUrl);
            told.push(response.names.join(' '));
            if (sound(response)) client.ack(response);
            else client.nack(response, 'something is wrong');
            await client.settle();
          }
          const full = mode === 'sotw' && typeUrl === CLUSTER;
          assert.deepEqual(told, full ? FULL_TRIALS : TRIALS);
        });
      }

      it('rule 16: after a NACK a newer version is sent at once', async () => {
        const xds = await start({ resources: [cluster('a')] });
        const client = xds.connect(mode);
        client.subscribe(CLUSTER);
        client.nack(await client.next(CLUSTER));
        await client.expectSilence();
        xds.put(cluster('a', '2'));
        const newer = await client.next(CLUSTER);
        assert.deepEqual(newer.names, ['a']);
        assert.equal(
          xds.server.clients()[0]?.types.find(({ typeUrl }) => typeUrl === CLUSTER)?.error?.message,
          'rejected',
        );
        client.ack(newer);
        await client.settle();
        assert.equal(xds.server.clients()[0]?.types.find(({ typeUrl }) => typeUrl === CLUSTER)?.state, 'SYNCED');
      });

      it('rule 17: a newer version that exists when the NACK arrives is sent then', async () => {
        const xds = await start({ resources: [cluster('a')] });
        const client = xds.connect(mode);
        client.subscribe(CLUSTER);
        const first = await client.next(CLUSTER);
        xds.put(cluster('a', '2'));
        await client.expectSilence();
        client.nack(first);
        const second = await client.accept(CLUSTER);
        assert.notEqual(second.version, first.version);
        await client.expectSilence();
      });

      it('rule 18: a NACK may change the subscription', async () => {
        const xds = await start({ resources: [resource(EDS, 'a'), resource(EDS, 'b')] });
        const client = xds.connect(mode);
        client.subscribe(EDS, ['a']);
        const response = await client.next(EDS);
        client.nack(
          response,
          'no',
          mode === 'sotw'
            ? { resourceNames: ['b'] }
            : { resourceNamesSubscribe: ['b'], resourceNamesUnsubscribe: ['a'] },
        );
        assert.deepEqual((await client.accept(EDS)).names, ['b']);
        await client.expectSilence();
      });

      it('rule 19: a NACK of one type does not affect others', async () => {
        const xds = await start({ resources: [resource(EDS, 'a'), resource(LISTENER, 'l')] });
        const client = xds.connect(mode);
        client.subscribe(EDS, ['a']);
        client.nack(await client.next(EDS));
        client.subscribe(LISTENER);
        await client.accept(LISTENER);
        xds.put(resource(LISTENER, 'l', '2'));
        await client.accept(LISTENER);
        await client.settle();
        const types = xds.server.clients().flatMap((status) => status.types);
        assert.deepEqual(
          types.slice(0, 2).map(({ typeUrl, state }) => [typeUrl, state]),
          [
            [EDS, 'ERROR'],
            [LISTENER, 'SYNCED'],
          ],
        );
      });

      it('rule 20: the last accepted version and the NACK are both reported', async () => {
        const nacks: unknown[] = [];
        const xds = await start({
          resources: [cluster('a')],
          events: {
            nacked: ({ node }, typeUrl, version, message, names) =>
              nacks.push([node.id, typeUrl, version, message, names]),
          },
        });
        const client = xds.connect(mode);
        client.subscribe(CLUSTER);
        const good = await client.accept(CLUSTER);
        xds.put(cluster('a', '2'));
        const bad = await client.next(CLUSTER);
        client.nack(bad, 'cluster a: no such policy');
        await client.settle();
        const status = xds.server.clients()[0]?.types[0];
        assert.equal(status?.ackedVersion, good.version);
        assert.equal(status.sentVersion, bad.version);
        assert.deepEqual(
          [status.error?.version, status.error?.message, status.error?.names],
          [bad.version, 'cluster a: no such policy', ['a']],
        );
        assert.deepEqual(nacks, [['test', CLUSTER, bad.version, 'cluster a: no such policy', ['a']]]);
      });

      it('rule 20: resources that were rejected with a named one are sent again at once, without the named one', async () => {
        const xds = await start({ resources: [resource(EDS, 'a'), resource(EDS, 'b')] });
        const client = xds.connect(mode);
        client.subscribe(EDS, ['a', 'b']);
        client.nack(await client.next(EDS), 'b is bad');
        const apart = await client.next(EDS);
        assert.deepEqual(apart.names, ['a']);
        client.nack(apart, 'a is bad too');
        await client.expectSilence();
        xds.put(resource(EDS, 'b', '2'));
        assert.deepEqual((await client.accept(EDS)).names, ['b']);
        await client.expectSilence();
        xds.put(resource(EDS, 'b', '3'));
        assert.deepEqual((await client.accept(EDS)).names, ['b']);
        await client.expectSilence();
      });

      it('rule 20: a client that accepted no version of a name that it gave gets a removal', async () => {
        const xds = await start({ resources: [resource(EDS, 'a'), resource(EDS, 'b')] });
        const client = xds.connect(mode);
        client.subscribe(EDS, ['a', 'b']);
        client.nack(await client.next(EDS), 'b is bad');
        assert.deepEqual((await client.accept(EDS)).names, ['a']);
        xds.remove(EDS, 'b');
        if (mode === 'delta') assert.deepEqual((await client.accept(EDS)).removed, ['b']);
        await client.expectSilence();
      });
    });
  }
});
