/** What clients have not read has a bound over all of them where the transport copies it; everybody is served all the same. */
import assert from 'node:assert/strict';
import { type ClientHttp2Session, connect, constants } from 'node:http2';
import { setImmediate as turn } from 'node:timers/promises';
import { MODES, type TestServer, overTransports, resource } from '../../testing/xds/server.js';
import { frame, openStream } from '../../testing/xds/raw-connection.js';
import { encodeRequest } from '../../testing/xds/client-wire.js';
import { CLUSTER_LOAD_ASSIGNMENT as EDS } from '../index.js';

/** More than connections take on without being read. */
const LARGE = 8 << 20;
/** Room for one response. */
const LIMITS = { maxResponseBytes: 1 << 24, maxUnsentBytes: 10 << 20 };

overTransports('unsent responses', (start, transport) => {
  const opened: ClientHttp2Session[] = [];
  afterEach(() => opened.splice(0).forEach((session) => session.destroy()));

  for (const mode of MODES) {
    it(`reach all clients, even if only one of them fits into the limit (${mode})`, async () => {
      const xds = await start({ resources: [resource(EDS, 'a', 'x'.repeat(LARGE))], limits: LIMITS });
      const clients = Array.from({ length: 20 }, () => xds.connect(mode));
      for (const client of clients) client.subscribe(EDS, ['a']);
      for (const client of clients) assert.equal((await client.accept(EDS)).bytes > LARGE, true);
      xds.put(resource(EDS, 'a', '2'));
      for (const client of clients)
        assert.equal((await client.accept(EDS)).resources[0]?.value.at(-1), '2'.charCodeAt(0));
    });

    it(`of a client that does not read do not delay other clients (${mode})`, async () => {
      const xds = await start({
        resources: [resource(EDS, 'a', 'x'.repeat(LARGE))],
        limits: LIMITS,
        listen: { unreadMs: 50 },
      });
      const stuck = stuckClient(xds, mode);
      await new Promise((resolve) => stuck.once('response', resolve));
      const client = xds.connect(mode);
      client.subscribe(EDS, ['a']);
      await client.accept(EDS);
      // Without a copy of its own, it may stay as long as it likes.
      if (transport === 'http2') return;
      while (!stuck.closed) await turn();
      assert.equal(stuck.rstCode, constants.NGHTTP2_CANCEL);
    });

    it(`of a client that disconnects return their bytes (${mode})`, async () => {
      const xds = await start({
        resources: [resource(EDS, 'a', 'x'.repeat(LARGE))],
        limits: LIMITS,
        listen: { unreadMs: 600_000 },
      });
      const stuck = [stuckClient(xds, mode), stuckClient(xds, mode), stuckClient(xds, mode)];
      while (xds.server.stats().cachedBytes === 0 || xds.server.stats().streams < 3) await turn();
      const client = xds.connect(mode);
      client.subscribe(EDS, ['a']);
      for (const stream of stuck) stream.close(constants.NGHTTP2_CANCEL);
      await client.accept(EDS);
    });
  }

  function stuckClient(xds: TestServer, mode: (typeof MODES)[number]): ReturnType<typeof openStream> {
    const session = connect(`http://127.0.0.1:${String(xds.port)}`);
    opened.push(session);
    session.on('error', () => undefined);
    const stream = openStream(session, mode);
    stream.pause();
    const names = mode === 'sotw' ? { resourceNames: ['a'] } : { resourceNamesSubscribe: ['a'] };
    stream.write(frame(encodeRequest(mode, { typeUrl: EDS, node: { id: 'stuck' }, ...names })));
    return stream;
  }
});
