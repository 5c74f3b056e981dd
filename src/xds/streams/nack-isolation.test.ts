/** What one client rejects is kept from the others: those that have it keep it, those that do not get the last good version. */
import assert from 'node:assert/strict';
import { MODES, type TestServer, cluster, overTransports, resource } from '../../testing/xds/server.js';
import type { XdsTestClient } from '../../testing/xds/client.js';
import type { ClientMode, ClientResponse } from '../../testing/xds/client-wire.js';
import { linesAbout, mentions, speaksOfHost } from './nack-attribution.js';
import { type RejectedResource, contentVersion } from '../index.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER, ROUTE_CONFIGURATION } from '../protocol/type-urls.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;

/** Contents of the resources of a response, by name. */
function contents({ resources }: ClientResponse): Readonly<Record<string, string>> {
  return Object.fromEntries(resources.map(({ name, value }) => [name, value.subarray(value.length - 1).toString()]));
}

overTransports('isolation of NACKs', (start) => {
  let clients = 0;

  /** A server where one client rejected content 2 of `a`, which another accepted before, of content 1 that both have. */
  async function rejectedByOne(mode: ClientMode, typeUrl: string, message = 'a is bad') {
    const xds = await start({ resources: [resource(typeUrl, 'a'), resource(typeUrl, 'b')] });
    const [rejecter, holder] = [xds.connect(mode), xds.connect(mode, { node: { id: 'holder' } })];
    for (const client of [rejecter, holder]) {
      client.subscribe(typeUrl, ['a', 'b']);
      await client.accept(typeUrl);
      await client.settle();
    }
    xds.put(resource(typeUrl, 'a', '2'));
    await holder.accept(typeUrl);
    await holder.settle();
    rejecter.nack(await rejecter.next(typeUrl), message);
    await rejecter.expectSilence();
    return { xds, rejecter, holder };
  }

  /** A client like no other: what others rejected counts for them. */
  function connect(xds: Pick<TestServer, 'connect'>, mode: ClientMode): XdsTestClient {
    clients += 1;
    return xds.connect(mode, { node: { id: `client ${String(clients)}` } });
  }

  function newcomer(xds: Pick<TestServer, 'connect'>, mode: ClientMode, typeUrl: string, names: readonly string[]) {
    const client = connect(xds, mode);
    client.subscribe(typeUrl, names);
    return client;
  }

  for (const mode of MODES) {
    for (const typeUrl of [CLUSTER, EDS]) {
      describe(`${mode}, ${typeUrl}`, () => {
        it('a new client gets the last version that was accepted', async () => {
          const { xds } = await rejectedByOne(mode, typeUrl);
          const client = newcomer(xds, mode, typeUrl, ['a', 'b']);
          assert.deepEqual(contents(await client.accept(typeUrl)), { a: '1', b: '1' });
          await client.expectSilence();
        });

        it('a client that accepted the version keeps it, also when another resource changes', async () => {
          const { xds, holder, rejecter } = await rejectedByOne(mode, typeUrl);
          xds.put(resource(typeUrl, 'b', '3'));
          const told = contents(await holder.accept(typeUrl));
          assert.equal(told['b'], '3');
          assert.ok(told['a'] === undefined || told['a'] === '2', told['a']);
          assert.ok(contents(await rejecter.accept(typeUrl))['a'] !== '2');
          await holder.expectSilence();
        });

        it('it ends when the resource changes: all clients get the new version', async () => {
          const { xds, holder, rejecter } = await rejectedByOne(mode, typeUrl);
          const client = newcomer(xds, mode, typeUrl, ['a', 'b']);
          await client.accept(typeUrl);
          assert.equal(xds.server.stats().rejected, 1);
          xds.put(resource(typeUrl, 'a', '3'));
          for (const each of [holder, rejecter, client]) assert.equal(contents(await each.accept(typeUrl))['a'], '3');
          assert.equal(xds.server.stats().rejected, 0);
        });

        it('it ends when the resource changes back: a client that kept the rejected version is sent the old one', async () => {
          const { xds, holder } = await rejectedByOne(mode, typeUrl);
          xds.put(resource(typeUrl, 'a', '1'));
          assert.equal(contents(await holder.accept(typeUrl))['a'], '1');
        });

        it('a rejected resource that is deleted is removed from clients that kept it', async () => {
          const { xds, holder } = await rejectedByOne(mode, typeUrl);
          xds.remove(typeUrl, 'a');
          if (mode === 'delta') assert.deepEqual((await holder.accept(typeUrl)).removed, ['a']);
          else if (typeUrl === CLUSTER) assert.deepEqual((await holder.accept(typeUrl)).names, ['b']);
          else await holder.expectSilence();
          assert.equal(xds.server.stats().rejected, 0);
        });

        it('a client that has the old version is sent neither version', async () => {
          const xds = await start({ resources: [resource(typeUrl, 'a'), resource(typeUrl, 'b')] });
          const [rejecter, late] = [connect(xds, mode), connect(xds, mode)];
          for (const client of [rejecter, late]) {
            client.subscribe(typeUrl, ['a', 'b']);
            await client.accept(typeUrl);
            await client.settle();
          }
          xds.put(resource(typeUrl, 'b', '2'));
          const inFlight = await late.next(typeUrl);
          await rejecter.accept(typeUrl);
          xds.put(resource(typeUrl, 'a', '2'));
          rejecter.nack(await rejecter.next(typeUrl), 'a is bad');
          await rejecter.settle();
          late.ack(inFlight);
          await late.expectSilence();
        });

        it('other clients get no version of a new resource that is rejected', async () => {
          const xds = await start({ resources: [resource(typeUrl, 'b')] });
          const rejecter = newcomer(xds, mode, typeUrl, ['a', 'b']);
          await rejecter.accept(typeUrl);
          await rejecter.settle();
          xds.put(resource(typeUrl, 'a'));
          rejecter.nack(await rejecter.next(typeUrl), 'a is bad');
          await rejecter.settle();
          const client = newcomer(xds, mode, typeUrl, ['a', 'b']);
          assert.deepEqual(contents(await client.accept(typeUrl)), { b: '1' });
          xds.put(resource(typeUrl, 'a', '2'));
          assert.equal(contents(await client.accept(typeUrl))['a'], '2');
          assert.equal(contents(await rejecter.accept(typeUrl))['a'], '2');
        });

        it('a new client that rejects the version too gets the last good version, and no further response', async () => {
          const xds = await start({ resources: [resource(typeUrl, 'a')] });
          const holder = newcomer(xds, mode, typeUrl, ['a']);
          await holder.accept(typeUrl);
          xds.put(resource(typeUrl, 'a', '2'));
          await holder.accept(typeUrl);
          await holder.settle();
          const client = newcomer(xds, mode, typeUrl, ['a']);
          client.nack(await client.next(typeUrl), 'a is bad');
          const fallback = await client.next(typeUrl);
          assert.deepEqual(contents(fallback), { a: '1' });
          client.nack(fallback, 'a is still bad');
          await client.expectSilence();
        });

        it('a version that another client accepted is shown if there is no other version', async () => {
          const xds = await start({ resources: [resource(typeUrl, 'a')] });
          const holder = newcomer(xds, mode, typeUrl, ['a']);
          await holder.accept(typeUrl);
          await holder.settle();
          const rejecter = newcomer(xds, mode, typeUrl, ['a']);
          rejecter.nack(await rejecter.next(typeUrl), 'a is bad');
          await rejecter.settle();
          assert.deepEqual(contents(await newcomer(xds, mode, typeUrl, ['a']).accept(typeUrl)), { a: '1' });
        });

        it('a rejected version is shown again after a client accepted it, and sent to clients that have none', async () => {
          const xds = await start({ resources: [resource(typeUrl, 'a'), resource(typeUrl, 'b')] });
          const [holder, rejecter] = [1, 2].map(() => newcomer(xds, mode, typeUrl, ['a', 'b']));
          const inFlight = await holder!.next(typeUrl);
          rejecter!.nack(await rejecter!.next(typeUrl), 'a is bad');
          assert.deepEqual(contents(await rejecter!.accept(typeUrl)), { b: '1' });
          await rejecter!.settle();
          const between = newcomer(xds, mode, typeUrl, ['a', 'b']);
          assert.deepEqual(contents(await between.accept(typeUrl)), { b: '1' });
          await between.settle();
          holder!.ack(inFlight);
          assert.equal(contents(await between.accept(typeUrl))['a'], '1');
          await holder!.expectSilence();
          await rejecter!.expectSilence();
        });

        it('an error about the host of the client affects that client only', async () => {
          const { xds } = await rejectedByOne(mode, typeUrl, "a: cannot bind '127.0.0.1:80': Address already in use");
          const client = newcomer(xds, mode, typeUrl, ['a']);
          assert.deepEqual(contents(await client.accept(typeUrl)), { a: '2' });
          assert.equal(xds.server.stats().rejected, 0);
        });

        it('a NACK that names no resource is attributed to none of several', async () => {
          const xds = await start({ resources: [resource(typeUrl, 'a'), resource(typeUrl, 'b')] });
          const rejecter = newcomer(xds, mode, typeUrl, ['a', 'b']);
          rejecter.nack(await rejecter.next(typeUrl), 'something is wrong');
          await rejecter.settle();
          const client = newcomer(xds, mode, typeUrl, ['a', 'b']);
          assert.deepEqual(contents(await client.accept(typeUrl)), { a: '1', b: '1' });
        });

        it('without isolation, all clients get the newest version, and the NACK is still recorded', async () => {
          const xds = await start({ resources: [resource(typeUrl, 'a')], isolateNacks: false });
          const rejecter = newcomer(xds, mode, typeUrl, ['a']);
          await rejecter.accept(typeUrl);
          await rejecter.settle();
          xds.put(resource(typeUrl, 'a', '2'));
          rejecter.nack(await rejecter.next(typeUrl), 'a is bad');
          await rejecter.settle();
          const client = newcomer(xds, mode, typeUrl, ['a']);
          assert.deepEqual(contents(await client.accept(typeUrl)), { a: '2' });
          assert.deepEqual(
            xds.server.rejected().map(({ name, message }) => [name, message]),
            [['a', 'a is bad']],
          );
        });

        it('it applies to every view with the same version', async () => {
          const viewOf = ({ id }: { readonly id: string }): string => id;
          const xds = await start({ store: { viewOf } });
          for (const view of ['one', 'other']) xds.store.put(resource(typeUrl, 'a'), view);
          const [rejecter, other] = ['one', 'other'].map((id) => xds.connect(mode, { node: { id } }));
          for (const client of [rejecter, other]) {
            client?.subscribe(typeUrl, ['a']);
            await client?.accept(typeUrl);
            await client?.settle();
          }
          xds.store.put(resource(typeUrl, 'a', '2'), 'one');
          rejecter?.nack(await rejecter.next(typeUrl), 'a is bad');
          await rejecter?.settle();
          xds.store.put(resource(typeUrl, 'a', '2'), 'other');
          await other?.expectSilence();
        });

        it('in another view, an accepted version is shown only if there is no other version', async () => {
          const viewOf = ({ id }: { readonly id: string }): string => id.slice(0, 1);
          const xds = await start({ store: { viewOf } });
          xds.store.put(resource(typeUrl, 'a', '2'), '1');
          xds.store.put(resource(typeUrl, 'a', '1'), '2');
          const [holder, rejecter, second] = ['1 holder', '1 rejecter', '2'].map((id) =>
            xds.connect(mode, { node: { id } }),
          );
          for (const client of [holder, second]) {
            client!.subscribe(typeUrl, ['a']);
            await client!.accept(typeUrl);
            await client!.settle();
          }
          rejecter!.subscribe(typeUrl, ['a']);
          rejecter!.nack(await rejecter!.next(typeUrl), 'a is bad');
          await rejecter!.settle();
          // Encoded anew, as another program does for each view.
          xds.store.put(resource(typeUrl, 'a', '2'), '2');
          await second!.expectSilence();
          xds.store.put(resource(typeUrl, 'a', '2'), '3');
          const third = xds.connect(mode, { node: { id: '3' } });
          third.subscribe(typeUrl, ['a']);
          assert.deepEqual(contents(await third.accept(typeUrl)), { a: '2' });
        });
      });
    }

    it(`events report the first NACK and its end (${mode})`, async () => {
      const events: string[] = [];
      const note =
        (what: string) =>
        ({ name, version, nodeId, message }: RejectedResource) =>
          events.push([what, name, version, nodeId, message].join(' '));
      const xds = await start({
        resources: [cluster('a')],
        events: { resourceRejected: note('rejected'), resourceReleased: note('released') },
      });
      const clients = ['one', 'other'].map((id) => xds.connect(mode, { node: { id } }));
      for (const client of clients) client.subscribe(CLUSTER);
      for (const client of clients) {
        client.nack(await client.next(CLUSTER), 'no');
        await client.settle();
      }
      const version = contentVersion(cluster('a').value);
      assert.deepEqual(events, [`rejected a ${version} one no`]);
      for (const client of clients) client.halfClose();
      await Promise.all(clients.map(({ status }) => status));
      assert.deepEqual(events.slice(1), [`released a ${version} one no`]);
      assert.equal(xds.server.stats().rejected, 0);
    });

    it(`routes to a withheld cluster stay unchanged, also for new clients (${mode})`, async () => {
      const xds = await start({
        resources: [cluster('a'), resource(EDS, 'a'), resource(ROUTE_CONFIGURATION, 'r', '1', { clusters: ['a'] })],
      });
      const settled = async (): Promise<XdsTestClient> => {
        const client = connect(xds, mode);
        for (const [typeUrl, names] of [
          [CLUSTER, []],
          [EDS, ['a']],
          [LISTENER, []],
          [ROUTE_CONFIGURATION, ['r']],
        ] as const) {
          client.subscribe(typeUrl, names);
          await client.accept(typeUrl);
        }
        await client.settle();
        return client;
      };
      const [rejecter, slow] = [await settled(), await settled()];
      xds.put(cluster('a', '2'), resource(EDS, 'a', '2'));
      const inFlight = await slow.next(CLUSTER);
      await rejecter.accept(CLUSTER);
      await rejecter.accept(EDS);
      xds.put(resource(CLUSTER, 'new'), resource(ROUTE_CONFIGURATION, 'r', '2', { clusters: ['new'] }));
      rejecter.nack(await rejecter.next(CLUSTER), 'new is bad');
      await rejecter.expectSilence();
      slow.ack(inFlight);
      await slow.accept(EDS);
      await slow.expectSilence();
      const fresh = await settled();
      assert.equal(contents(fresh.history.find(({ typeUrl }) => typeUrl === ROUTE_CONFIGURATION)!)['r'], '1');
      xds.put(resource(CLUSTER, 'new', '2'));
      for (const client of [rejecter, slow, fresh]) {
        await client.accept(CLUSTER);
        assert.equal(contents(await client.accept(ROUTE_CONFIGURATION))['r'], '2');
      }
    });
  }
});

describe('nack attribution', () => {
  it('finds names that are whole words', () => {
    assert.ok(mentions('Error adding/updating cluster(s) a: bad', 'a'));
    assert.ok(mentions('the cluster is a.', 'a'));
    for (const message of ['ab', 'x/a', 'outbound|a', 'a.b', 'b.a', 'a-b']) assert.ok(!mentions(message, 'a'), message);
  });

  it('finds the lines about a resource', () => {
    const message = 'Error adding/updating cluster(s) a: no such thing\nb: cannot bind';
    const lines = linesAbout(message, new Set(['a', 'b', 'c']));
    assert.deepEqual(
      [...lines.values()].map((line) => [line, speaksOfHost(line)]),
      [
        ['Error adding/updating cluster(s) a: no such thing', false],
        ['b: cannot bind', true],
      ],
    );
  });
});
