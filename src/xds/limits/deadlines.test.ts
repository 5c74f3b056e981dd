/** Clients that do not ask, answer, read or end: each is cut off after a stated time and counted, and others are not affected. */
import assert from 'node:assert/strict';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { setImmediate as turn } from 'node:timers/promises';
import { encodeRequest, type ClientMode } from '../../testing/xds/client-wire.js';
import { frame, openStream } from '../../testing/xds/raw-connection.js';
import {
  MODES,
  type TestServer,
  type TestServerOptions,
  cluster,
  overTransports,
  resource,
} from '../../testing/xds/server.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, STATUS } from '../index.js';

/** More than connections take on without being read. */
const LARGE = 'x'.repeat(8 << 20);
const REFLECTION = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';

overTransports('promises 12 and 28: deadlines', (start) => {
  const sessions: ClientHttp2Session[] = [];
  afterEach(() => sessions.splice(0).forEach((session) => session.destroy()));

  /** A server with a client that answers, and the limits that calls reached. */
  async function serving(options: TestServerOptions) {
    const limits: unknown[] = [];
    const xds = await start({
      resources: [cluster('a')],
      ...options,
      events: { streamRefused: (_peer, code, _message, limit) => limits.push(limit ?? code) },
    });
    const bystander = xds.connect('delta');
    bystander.subscribe(CLUSTER);
    await bystander.accept(CLUSTER);
    let content = 1;
    const works = async (): Promise<void> => {
      xds.put(cluster('a', String((content += 1))));
      await bystander.accept(CLUSTER);
    };
    return { xds, limits, works };
  }

  function session(xds: TestServer, settings = {}): ClientHttp2Session {
    const opened = connect(`http://127.0.0.1:${String(xds.port)}`, { settings });
    opened.on('error', () => undefined);
    sessions.push(opened);
    return opened;
  }

  function asking(xds: TestServer, mode: ClientMode, settings = {}, path?: string): ClientHttp2Stream {
    return openStream(session(xds, settings), mode, path === undefined ? {} : { ':path': path });
  }

  const request = (mode: ClientMode, typeUrl: string): Buffer => {
    const names = ['a'];
    const wanted = mode === 'sotw' ? { resourceNames: names } : { resourceNamesSubscribe: names };
    return frame(encodeRequest(mode, { typeUrl, node: { id: 'silent' }, ...wanted }));
  };

  const closed = async (stream: ClientHttp2Stream): Promise<number | undefined> => {
    while (!stream.closed) await turn();
    return stream.rstCode;
  };

  for (const mode of MODES) {
    it(`a client that neither acknowledges nor rejects is ended (${mode})`, async () => {
      const { xds, limits, works } = await serving({ limits: { answerMs: 400 } });
      const client = xds.connect(mode, { node: { id: 'silent' } });
      client.subscribe(CLUSTER);
      const { code, details } = await client.status;
      assert.deepEqual([code, details], [STATUS.deadlineExceeded, 'no answer to a response within 400 ms']);
      assert.deepEqual([client.history.length, limits, xds.server.stats().streams], [1, ['acknowledgement'], 1]);
      await works();
    });

    it(`a client that answers stays, however long nothing changes (${mode})`, async () => {
      const { xds, limits } = await serving({ limits: { answerMs: 200 } });
      const [answering, silent] = [xds.connect(mode), xds.connect(mode)];
      answering.subscribe(CLUSTER);
      await answering.accept(CLUSTER);
      // As long as it takes to end another one.
      silent.subscribe(CLUSTER);
      await silent.status;
      await answering.expectSilence();
      assert.deepEqual([limits, xds.server.stats().streams], [['acknowledgement'], 2]);
    });

    it(`a client that reads nothing, not even the status, is cut off (${mode})`, async () => {
      const { xds, limits, works } = await serving({
        resources: [cluster('a'), resource(CLUSTER_LOAD_ASSIGNMENT, 'a', LARGE)],
        limits: { answerMs: 400, maxResponseBytes: 1 << 24 },
        listen: { unreadMs: 50 },
      });
      const stream = asking(xds, mode, { initialWindowSize: 0 });
      stream.write(request(mode, CLUSTER_LOAD_ASSIGNMENT));
      assert.equal(await closed(stream), constants.NGHTTP2_CANCEL);
      assert.deepEqual([limits, xds.server.stats().streams], [['acknowledgement', 'half-open'], 1]);
      await works();
    });

    it(`a client that keeps an ended call half-open is cut off (${mode})`, async () => {
      const { xds, limits, works } = await serving({ listen: { unreadMs: 50 } });
      const stream = asking(xds, mode);
      // There is no node in it.
      stream.write(frame(Buffer.alloc(0)));
      await new Promise((resolve) => stream.once('response', resolve));
      stream.resume();
      assert.equal(await closed(stream), constants.NGHTTP2_CANCEL);
      assert.deepEqual([limits, xds.server.stats().streams], [[STATUS.invalidArgument, 'half-open'], 1]);
      await works();
    });

    it(`a request that has begun must arrive, the first one or another (${mode})`, async () => {
      const { xds, limits, works } = await serving({ listen: { incompleteMs: 50 } });
      const whole = request(mode, CLUSTER);
      const [first, second] = [asking(xds, mode), asking(xds, mode)];
      first.write(whole.subarray(0, 7));
      second.write(Buffer.concat([whole, whole.subarray(0, -1)]));
      for (const stream of [first, second]) stream.resume();
      const statuses = await Promise.all([first, second].map(statusOf));
      assert.deepEqual(statuses, ['4', '4']);
      assert.deepEqual(limits, ['incomplete-requests', 'incomplete-requests']);
      await works();
    });
  }

  it('streams that are no calls are cut off as well', async () => {
    const { xds, works } = await serving({ listen: { unreadMs: 50 } });
    const one = session(xds);
    for (const headers of [{ ':path': '/no.such.Service/Method' }, { 'content-type': 'text/plain' }]) {
      const stream = openStream(one, 'sotw', headers);
      stream.resume();
      await closed(stream);
    }
    await works();
  });

  it('answers of other services must be read', async () => {
    const { xds, limits } = await serving({ limits: { answerMs: 50 }, listen: { unreadMs: 50 } });
    const stream = asking(xds, 'sotw', { initialWindowSize: 0 }, REFLECTION);
    // `list_services`, often enough that its answers are more than is written ahead.
    for (let count = 0; count < 200; count += 1) stream.write(frame(Buffer.from([0x3a, 0])));
    assert.equal(await closed(stream), constants.NGHTTP2_CANCEL);
    assert.deepEqual(limits, ['unread', 'half-open']);
    assert.equal(xds.server.stats().queries, 0);
  });

  it('connections of one address are bounded', async () => {
    const { xds, limits, works } = await serving({ listen: { maxConnectionsPerAddress: 3 } });
    const fit = [session(xds), session(xds)];
    await Promise.all(fit.map((one) => new Promise((resolve) => one.once('remoteSettings', resolve))));
    const more = session(xds);
    await new Promise((resolve) => more.once('close', resolve));
    assert.deepEqual(limits, ['connections-per-address']);
    fit[0]?.destroy();
    await new Promise((resolve) => fit[0]?.once('close', resolve));
    await works();
    for (;;) {
      const again = session(xds);
      const connected = await new Promise((resolve) => {
        again.once('remoteSettings', () => resolve(true));
        again.once('close', () => resolve(false));
      });
      if (connected === true) break;
    }
  });
});

/** The `grpc-status` that the call ends with. */
function statusOf(stream: ClientHttp2Stream): Promise<unknown> {
  return new Promise((resolve) => {
    const tell = (headers: Readonly<Record<string, unknown>>): void => {
      if (headers['grpc-status'] !== undefined) resolve(headers['grpc-status']);
    };
    stream.once('response', tell);
    stream.once('trailers', tell);
  });
}
