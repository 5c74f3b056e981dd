/** How long what one client rejects is withheld from others: a faulty or hostile client does not decide what they get. */
import assert from 'node:assert/strict';
import type { XdsTestClient } from '../../testing/xds/client.js';
import type { ClientMode, ClientResponse } from '../../testing/xds/client-wire.js';
import { MODES, type TestServer, type TestServerOptions, overTransports, resource } from '../../testing/xds/server.js';
import type { ClientCredentials, Principal } from '../index.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT } from '../protocol/type-urls.js';

const PER_NACK = 2;

function contentOf({ resources }: ClientResponse): string | undefined {
  return resources
    .find(({ name }) => name === 'a')
    ?.value.subarray(-1)
    .toString();
}

/** Everybody is who the token says, and may be every node. */
function byToken({ authorization = '' }: ClientCredentials): Principal {
  return { name: authorization, seesAllClients: true, nodeRefusal: () => undefined };
}

overTransports('the weight of a NACK', (start) => {
  async function subscribed(
    xds: TestServer,
    mode: ClientMode,
    id: string,
    typeUrl: string = CLUSTER,
  ): Promise<XdsTestClient> {
    const client = xds.connect(mode, { node: { id }, authorization: id });
    client.subscribe(typeUrl, ['a']);
    await client.accept(typeUrl);
    await client.settle();
    return client;
  }

  /** One client rejected content 2, and the others have not answered. */
  async function rejectedByOne(mode: ClientMode, options: TestServerOptions = {}, typeUrl: string = CLUSTER) {
    const limits = { acceptancesPerNack: PER_NACK, ...options.limits };
    const xds = await start({ resources: [resource(typeUrl, 'a')], ...options, limits });
    const rejecter = await subscribed(xds, mode, 'rejecter', typeUrl);
    const others = [await subscribed(xds, mode, 'first', typeUrl), await subscribed(xds, mode, 'second', typeUrl)];
    xds.put(resource(typeUrl, 'a', '2'));
    const responses = await Promise.all(others.map((client) => client.next(typeUrl)));
    rejecter.nack(await rejecter.next(typeUrl), 'a is bad');
    await rejecter.settle();
    const accept = async (index: number): Promise<void> => {
      others[index]!.ack(responses[index]!);
      await others[index]!.settle();
    };
    return { xds, rejecter, accept };
  }

  /** Connects a client that gets the version before. */
  async function newcomer(xds: TestServer, mode: ClientMode, typeUrl: string = CLUSTER): Promise<XdsTestClient> {
    const client = xds.connect(mode, { node: { id: 'newcomer' }, authorization: 'newcomer' });
    client.subscribe(typeUrl, ['a']);
    assert.equal(contentOf(await client.accept(typeUrl)), '1');
    await client.expectSilence();
    return client;
  }

  for (const mode of MODES) {
    it(`is less than that of ${PER_NACK} acceptances (${mode})`, async () => {
      const { xds, rejecter, accept } = await rejectedByOne(mode);
      await accept(0);
      const client = await newcomer(xds, mode);
      await accept(1);
      assert.equal(contentOf(await client.accept(CLUSTER)), '2');
      await rejecter.expectSilence();
    });

    it(`counts acceptances before it as well (${mode})`, async () => {
      const xds = await start({ resources: [resource(CLUSTER, 'a')], limits: { acceptancesPerNack: PER_NACK } });
      const rejecter = await subscribed(xds, mode, 'rejecter');
      const others = [await subscribed(xds, mode, 'first'), await subscribed(xds, mode, 'second')];
      xds.put(resource(CLUSTER, 'a', '2'));
      for (const client of others) {
        await client.accept(CLUSTER);
        await client.settle();
      }
      rejecter.nack(await rejecter.next(CLUSTER), 'a is bad');
      await rejecter.settle();
      const client = xds.connect(mode, { node: { id: 'newcomer' } });
      client.subscribe(CLUSTER, ['a']);
      assert.equal(contentOf(await client.accept(CLUSTER)), '2');
    });

    it(`ends with the stream, but the same client is not sent the version again (${mode})`, async () => {
      const { xds, rejecter, accept } = await rejectedByOne(mode);
      await accept(0);
      const client = await newcomer(xds, mode);
      rejecter.halfClose();
      assert.equal(contentOf(await client.accept(CLUSTER)), '2');
      const back = xds.connect(mode, { node: { id: 'rejecter' } });
      back.subscribe(CLUSTER, ['a']);
      assert.equal(contentOf(await back.accept(CLUSTER)), '1');
      await back.expectSilence();
    });

    it(`is not limited for an authenticated client (${mode})`, async () => {
      const { xds, rejecter, accept } = await rejectedByOne(mode, { authenticate: byToken });
      await accept(0);
      await accept(1);
      const client = await newcomer(xds, mode);
      rejecter.halfClose();
      await rejecter.status;
      await client.expectSilence();
      xds.put(resource(CLUSTER, 'a', '3'));
      assert.equal(contentOf(await client.accept(CLUSTER)), '3');
    });

    it(`is limited in time for endpoints, also of an authenticated client (${mode})`, async () => {
      const limits = { endpointNackGraceMs: 50 };
      const { xds, rejecter } = await rejectedByOne(mode, { authenticate: byToken, limits }, CLUSTER_LOAD_ASSIGNMENT);
      const client = xds.connect(mode, { node: { id: 'newcomer' }, authorization: 'newcomer' });
      client.subscribe(CLUSTER_LOAD_ASSIGNMENT, ['a']);
      for (let content: string | undefined; content !== '2';)
        content = contentOf(await client.accept(CLUSTER_LOAD_ASSIGNMENT));
      await rejecter.expectSilence();
    });
  }
});
