/** What one client refuses is kept from the others: those that have it keep it, those that do not get the last good version. */
import assert from 'node:assert/strict';
import { MODES, type TestServer, cluster, overTransports, resource } from '../../testing/xds/server.js';
import type { XdsTestClient } from '../../testing/xds/client.js';
import type { ClientMode, ClientResponse } from '../../testing/xds/client-wire.js';
import { linesAbout, mentions, speaksOfHost } from './nack-attribution.js';
import { type RefusedResource, contentVersion } from '../index.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER, ROUTE_CONFIGURATION } from '../protocol/type-urls.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;

/** Contents of the resources of a response, by name. */
function contents({ resources }: ClientResponse): Readonly<Record<string, string>> {
  return Object.fromEntries(resources.map(({ name, value }) => [name, value.subarray(value.length - 1).toString()]));
}

overTransports('isolation of refusals', (start) => {
  let clients = 0;

  /** A server where one client refused content 2 of `a`, which another accepted before, of content 1 that both have. */
  async function refusedByOne(mode: ClientMode, typeUrl: string, message = 'a is bad') {
    const xds = await start({ resources: [resource(typeUrl, 'a'), resource(typeUrl, 'b')] });
    const [refuser, holder] = [xds.connect(mode), xds.connect(mode, { node: { id: 'holder' } })];
    for (const client of [refuser, holder]) {
      client.subscribe(typeUrl, ['a', 'b']);
      await client.accept(typeUrl);
      await client.settle();
    }
    xds.put(resource(typeUrl, 'a', '2'));
    await holder.accept(typeUrl);
    await holder.settle();
    refuser.nack(await refuser.next(typeUrl), message);
    await refuser.expectSilence();
    return { xds, refuser, holder };
  }

  /** A client like no other: what others refused counts for them. */
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
        it('a newcomer gets the last version that was accepted', async () => {
          const { xds } = await refusedByOne(mode, typeUrl);
          const client = newcomer(xds, mode, typeUrl, ['a', 'b']);
          assert.deepEqual(contents(await client.accept(typeUrl)), { a: '1', b: '1' });
          await client.expectSilence();
        });

        it('who accepted it keeps it, also when something else changes', async () => {
          const { xds, holder, refuser } = await refusedByOne(mode, typeUrl);
          xds.put(resource(typeUrl, 'b', '3'));
          const told = contents(await holder.accept(typeUrl));
          assert.equal(told['b'], '3');
          assert.ok(told['a'] === undefined || told['a'] === '2', told['a']);
          assert.ok(contents(await refuser.accept(typeUrl))['a'] !== '2');
          await holder.expectSilence();
        });

        it('it is over when the resource changes: everybody gets the new version', async () => {
          const { xds, holder, refuser } = await refusedByOne(mode, typeUrl);
          const client = newcomer(xds, mode, typeUrl, ['a', 'b']);
          await client.accept(typeUrl);
          assert.equal(xds.server.stats().refused, 1);
          xds.put(resource(typeUrl, 'a', '3'));
          for (const each of [holder, refuser, client]) assert.equal(contents(await each.accept(typeUrl))['a'], '3');
          assert.equal(xds.server.stats().refused, 0);
        });

        it('it ends when the resource changes back: a client that kept the refused version is sent the old one', async () => {
          const { xds, holder } = await refusedByOne(mode, typeUrl);
          xds.put(resource(typeUrl, 'a', '1'));
          assert.equal(contents(await holder.accept(typeUrl))['a'], '1');
        });

        it('a resource that was refused and is removed is removed for who kept it', async () => {
          const { xds, holder } = await refusedByOne(mode, typeUrl);
          xds.remove(typeUrl, 'a');
          if (mode === 'delta') assert.deepEqual((await holder.accept(typeUrl)).removed, ['a']);
          else if (typeUrl === CLUSTER) assert.deepEqual((await holder.accept(typeUrl)).names, ['b']);
          else await holder.expectSilence();
          assert.equal(xds.server.stats().refused, 0);
        });

        it('a client that has the old version is neither sent the refused one nor the old one again', async () => {
          const xds = await start({ resources: [resource(typeUrl, 'a'), resource(typeUrl, 'b')] });
          const [refuser, late] = [connect(xds, mode), connect(xds, mode)];
          for (const client of [refuser, late]) {
            client.subscribe(typeUrl, ['a', 'b']);
            await client.accept(typeUrl);
            await client.settle();
          }
          xds.put(resource(typeUrl, 'b', '2'));
          const inFlight = await late.next(typeUrl);
          await refuser.accept(typeUrl);
          xds.put(resource(typeUrl, 'a', '2'));
          refuser.nack(await refuser.next(typeUrl), 'a is bad');
          await refuser.settle();
          late.ack(inFlight);
          await late.expectSilence();
        });

        it('of a new resource that is refused, others get nothing', async () => {
          const xds = await start({ resources: [resource(typeUrl, 'b')] });
          const refuser = newcomer(xds, mode, typeUrl, ['a', 'b']);
          await refuser.accept(typeUrl);
          await refuser.settle();
          xds.put(resource(typeUrl, 'a'));
          refuser.nack(await refuser.next(typeUrl), 'a is bad');
          await refuser.settle();
          const client = newcomer(xds, mode, typeUrl, ['a', 'b']);
          assert.deepEqual(contents(await client.accept(typeUrl)), { b: '1' });
          xds.put(resource(typeUrl, 'a', '2'));
          assert.equal(contents(await client.accept(typeUrl))['a'], '2');
          assert.equal(contents(await refuser.accept(typeUrl))['a'], '2');
        });

        it('a newcomer that refuses it itself falls back to the last good version, and is not asked again', async () => {
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

        it('a version that another client accepted stays shown when there is no other version', async () => {
          const xds = await start({ resources: [resource(typeUrl, 'a')] });
          const holder = newcomer(xds, mode, typeUrl, ['a']);
          await holder.accept(typeUrl);
          await holder.settle();
          const refuser = newcomer(xds, mode, typeUrl, ['a']);
          refuser.nack(await refuser.next(typeUrl), 'a is bad');
          await refuser.settle();
          assert.deepEqual(contents(await newcomer(xds, mode, typeUrl, ['a']).accept(typeUrl)), { a: '1' });
        });

        it('a version accepted after it was refused is shown again, and sent to clients that have none', async () => {
          const xds = await start({ resources: [resource(typeUrl, 'a'), resource(typeUrl, 'b')] });
          const [holder, refuser] = [1, 2].map(() => newcomer(xds, mode, typeUrl, ['a', 'b']));
          const inFlight = await holder!.next(typeUrl);
          refuser!.nack(await refuser!.next(typeUrl), 'a is bad');
          assert.deepEqual(contents(await refuser!.accept(typeUrl)), { b: '1' });
          await refuser!.settle();
          const between = newcomer(xds, mode, typeUrl, ['a', 'b']);
          assert.deepEqual(contents(await between.accept(typeUrl)), { b: '1' });
          await between.settle();
          holder!.ack(inFlight);
          assert.equal(contents(await between.accept(typeUrl))['a'], '1');
          await holder!.expectSilence();
          await refuser!.expectSilence();
        });

        it('an error about the host of the client counts for that client only', async () => {
          const { xds } = await refusedByOne(mode, typeUrl, "a: cannot bind '127.0.0.1:80': Address already in use");
          const client = newcomer(xds, mode, typeUrl, ['a']);
          assert.deepEqual(contents(await client.accept(typeUrl)), { a: '2' });
          assert.equal(xds.server.stats().refused, 0);
        });

        it('a NACK that names no resource is attributed to none of several', async () => {
          const xds = await start({ resources: [resource(typeUrl, 'a'), resource(typeUrl, 'b')] });
          const refuser = newcomer(xds, mode, typeUrl, ['a', 'b']);
          refuser.nack(await refuser.next(typeUrl), 'something is wrong');
          await refuser.settle();
          const client = newcomer(xds, mode, typeUrl, ['a', 'b']);
          assert.deepEqual(contents(await client.accept(typeUrl)), { a: '1', b: '1' });
        });

        it('switched off, everybody gets the newest, and the refusal is recorded all the same', async () => {
          const xds = await start({ resources: [resource(typeUrl, 'a')], isolateRefusals: false });
          const refuser = newcomer(xds, mode, typeUrl, ['a']);
          await refuser.accept(typeUrl);
          await refuser.settle();
          xds.put(resource(typeUrl, 'a', '2'));
          refuser.nack(await refuser.next(typeUrl), 'a is bad');
          await refuser.settle();
          const client = newcomer(xds, mode, typeUrl, ['a']);
          assert.deepEqual(contents(await client.accept(typeUrl)), { a: '2' });
          assert.deepEqual(
            xds.server.refused().map(({ name, message }) => [name, message]),
            [['a', 'a is bad']],
          );
        });

        it('it holds in every view that has the same version', async () => {
          const viewOf = ({ id }: { readonly id: string }): string => id;
          const xds = await start({ store: { viewOf } });
          for (const view of ['one', 'other']) xds.store.put(resource(typeUrl, 'a'), view);
          const [refuser, other] = ['one', 'other'].map((id) => xds.connect(mode, { node: { id } }));
          for (const client of [refuser, other]) {
            client?.subscribe(typeUrl, ['a']);
            await client?.accept(typeUrl);
            await client?.settle();
          }
          xds.store.put(resource(typeUrl, 'a', '2'), 'one');
          refuser?.nack(await refuser.next(typeUrl), 'a is bad');
          await refuser?.settle();
          xds.store.put(resource(typeUrl, 'a', '2'), 'other');
          await other?.expectSilence();
        });

        it('in another view, an accepted version is shown only where there is no other version', async () => {
          const viewOf = ({ id }: { readonly id: string }): string => id.slice(0, 1);
          const xds = await start({ store: { viewOf } });
          xds.store.put(resource(typeUrl, 'a', '2'), '1');
          xds.store.put(resource(typeUrl, 'a', '1'), '2');
          const [holder, refuser, second] = ['1 holder', '1 refuser', '2'].map((id) =>
            xds.connect(mode, { node: { id } }),
          );
          for (const client of [holder, second]) {
            client!.subscribe(typeUrl, ['a']);
            await client!.accept(typeUrl);
            await client!.settle();
          }
          refuser!.subscribe(typeUrl, ['a']);
          refuser!.nack(await refuser!.next(typeUrl), 'a is bad');
          await refuser!.settle();
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

    it(`events report a refusal once, and its end (${mode})`, async () => {
      const events: string[] = [];
      const note =
        (what: string) =>
        ({ name, version, nodeId, message }: RefusedResource) =>
          events.push([what, name, version, nodeId, message].join(' '));
      const xds = await start({
        resources: [cluster('a')],
        events: { refused: note('refused'), released: note('released') },
      });
      const clients = ['one', 'other'].map((id) => xds.connect(mode, { node: { id } }));
      for (const client of clients) client.subscribe(CLUSTER);
      for (const client of clients) {
        client.nack(await client.next(CLUSTER), 'no');
        await client.settle();
      }
      const version = contentVersion(cluster('a').value);
      assert.deepEqual(events, [`refused a ${version} one no`]);
      for (const client of clients) client.halfClose();
      await Promise.all(clients.map(({ status }) => status));
      assert.deepEqual(events.slice(1), [`released a ${version} one no`]);
      assert.equal(xds.server.stats().refused, 0);
    });

    it(`routes to a cluster that is withheld stay what they were, for newcomers too (${mode})`, async () => {
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
      const [refuser, slow] = [await settled(), await settled()];
      xds.put(cluster('a', '2'), resource(EDS, 'a', '2'));
      const inFlight = await slow.next(CLUSTER);
      await refuser.accept(CLUSTER);
      await refuser.accept(EDS);
      xds.put(resource(CLUSTER, 'new'), resource(ROUTE_CONFIGURATION, 'r', '2', { clusters: ['new'] }));
      refuser.nack(await refuser.next(CLUSTER), 'new is bad');
      await refuser.expectSilence();
      slow.ack(inFlight);
      await slow.accept(EDS);
      await slow.expectSilence();
      const fresh = await settled();
      assert.equal(contents(fresh.history.find(({ typeUrl }) => typeUrl === ROUTE_CONFIGURATION)!)['r'], '1');
      xds.put(resource(CLUSTER, 'new', '2'));
      for (const client of [refuser, slow, fresh]) {
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

  it('takes the lines about a resource', () => {
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
