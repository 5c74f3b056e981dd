/** What a client sends over a connection, with random edits: nobody else is harmed, and nothing is left behind. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { type Edit, edited, edits } from '../../testing/mutations.js';
import { propertyRuns } from '../../testing/property-runs.js';
import { XdsTestClient } from '../../testing/xds/client.js';
import type { ClientMode } from '../../testing/xds/client-wire.js';
import { MODES, type TestServer, cluster, overTransports, resource } from '../../testing/xds/server.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT } from '../protocol/type-urls.js';

/** Everything that a client sends in a conversation of some messages, from the HTTP/2 preface on. */
async function recorded({ port }: TestServer, mode: ClientMode): Promise<Buffer> {
  const sent: Buffer[] = [];
  const proxy = createServer((socket) => {
    const onward = connect(port, '127.0.0.1');
    for (const end of [socket, onward]) end.on('error', () => undefined);
    socket.on('data', (bytes) => {
      sent.push(bytes);
      onward.write(bytes);
    });
    onward.pipe(socket);
    socket.once('close', () => onward.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const client = new XdsTestClient((proxy.address() as AddressInfo).port, { mode });
  client.subscribe(CLUSTER);
  await client.accept(CLUSTER);
  client.subscribe(CLUSTER_LOAD_ASSIGNMENT, ['a', 'b']);
  await client.accept(CLUSTER_LOAD_ASSIGNMENT);
  await client.expectSilence();
  client.close();
  await client.status;
  proxy.close();
  return Buffer.concat(sent);
}

/** Sends the bytes. The server may close the connection before it has all of them. */
async function play(port: number, bytes: Buffer): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.resume();
  await new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    socket.write(bytes, () => resolve());
  });
  return socket;
}

overTransports('mutated connections', (start) => {
  for (const mode of MODES) {
    it(`harm nobody else, and leave nothing (${mode})`, async function () {
      this.timeout(propertyRuns(40) * 5_000);
      const errors: object[] = [];
      const xds = await start({
        resources: [cluster('a'), resource(CLUSTER_LOAD_ASSIGNMENT, 'a')],
        logger: { error: (details) => void errors.push(details) },
        // After an error of HTTP/2, Node.js does not read the end of a connection with open streams: a ping notices it.
        listen: { keepaliveMs: 100, keepaliveTimeoutMs: 2_000 },
      });
      const conversation = await recorded(xds, mode);
      const other = xds.connect(mode);
      other.subscribe(CLUSTER);
      await other.accept(CLUSTER);
      // The content of the first version is 1.
      let version = 1;
      await fc.assert(
        fc.asyncProperty(edits, async (all: readonly Edit[]) => {
          const socket = await play(xds.port, edited(conversation, all));
          version += 1;
          xds.put(cluster('a', String(version)));
          assert.deepEqual((await other.accept(CLUSTER)).names, ['a']);
          socket.destroy();
          while (xds.server.stats().streams > 1) await turn();
        }),
        { numRuns: propertyRuns(40) },
      );
      assert.deepEqual(errors, []);
    });
  }
});
