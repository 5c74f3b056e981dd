/** Peers that fall silent without a word: one that does not answer pings, and one that does not read what it asked for. */
import assert from 'node:assert/strict';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { type Socket, connect as connectTcp } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { frame } from '../../testing/xds/raw-connection.js';
import { encodeRequest } from '../../testing/xds/client-wire.js';
import { MODES, type TestServer, resource, overTransports } from '../../testing/xds/server.js';
import { CLUSTER_LOAD_ASSIGNMENT, STATUS } from '../index.js';

/** The client's preface and empty settings: https://www.rfc-editor.org/rfc/rfc9113#section-3.4 */
const PREFACE = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from('000000040000000000', 'hex'),
]);
/** More than connections take on without being read. */
const LARGE = 'x'.repeat(8 << 20);

overTransports('silent peers', (start) => {
  const opened: (Socket | ClientHttp2Session)[] = [];
  afterEach(() => opened.splice(0).forEach((item) => item.destroy()));

  it('rule 93: only a peer that does not answer a ping is cut off', async () => {
    const xds = await start({ listen: { keepaliveMs: 20, keepaliveTimeoutMs: 40 } });
    const alive = connect(`http://127.0.0.1:${String(xds.port)}`);
    opened.push(alive);
    let pings = 0;
    alive.on('ping', () => (pings += 1));

    const silent = connectTcp(xds.port, '127.0.0.1');
    opened.push(silent);
    silent.on('error', () => undefined);
    silent.write(PREFACE);
    silent.resume();
    await new Promise((resolve) => silent.once('close', resolve));

    const before = pings;
    while (pings < before + 3) await new Promise((resolve) => alive.once('ping', resolve));
    assert.equal(alive.destroyed, false);
  });

  for (const mode of MODES) {
    it(`rule 98: a call that the server ends lasts no longer than the time for reading it (${mode})`, async () => {
      const xds = await start({
        resources: [resource(CLUSTER_LOAD_ASSIGNMENT, 'a', LARGE)],
        limits: { maxResponseBytes: 1 << 24 },
        listen: { unreadMs: 50 },
      });
      const stream = call(xds, mode);
      stream.pause();
      stream.write(frame(encodeRequest(mode, { typeUrl: CLUSTER_LOAD_ASSIGNMENT, node: { id: 'n' }, ...names(mode) })));
      await new Promise((resolve) => stream.once('response', resolve));
      // The server has no more to say, and says so behind what is not read.
      stream.end();
      // Its events come only when it is read.
      while (!stream.closed) await turn();
      assert.equal(stream.rstCode, constants.NGHTTP2_CANCEL);
    });
  }

  for (const mode of MODES) {
    it(`a call without a request ends after a time, and one with a request stays (${mode})`, async () => {
      const refused: unknown[] = [];
      const xds = await start({
        limits: { firstRequestMs: 50 },
        resources: [resource(CLUSTER_LOAD_ASSIGNMENT, 'a')],
        events: { streamRefused: (_peer, code) => refused.push(code) },
      });
      const asking = xds.connect(mode);
      asking.subscribe(CLUSTER_LOAD_ASSIGNMENT, ['a']);
      await asking.accept(CLUSTER_LOAD_ASSIGNMENT);
      const request = frame(
        encodeRequest(mode, { typeUrl: CLUSTER_LOAD_ASSIGNMENT, node: { id: 'n' }, ...names(mode) }),
      );
      const [silent, partial] = [call(xds, mode), call(xds, mode)];
      partial.write(request.subarray(0, -1));
      for (const stream of [silent, partial]) assert.equal(await statusOf(stream), String(STATUS.deadlineExceeded));
      assert.deepEqual(refused, [STATUS.deadlineExceeded, STATUS.deadlineExceeded]);
      assert.equal(xds.server.stats().streams, 1);
      xds.put(resource(CLUSTER_LOAD_ASSIGNMENT, 'a', '2'));
      await asking.accept(CLUSTER_LOAD_ASSIGNMENT);
    });

    it(`a request that is cut off is an error, not a normal end of the call (${mode})`, async () => {
      const xds = await start();
      const request = frame(
        encodeRequest(mode, { typeUrl: CLUSTER_LOAD_ASSIGNMENT, node: { id: 'n' }, ...names(mode) }),
      );
      for (const [bytes, status] of [
        [request, STATUS.ok],
        [request.subarray(0, -1), STATUS.internal],
        [request.subarray(0, 3), STATUS.internal],
        [Buffer.concat([request, request.subarray(0, 7)]), STATUS.internal],
        [Buffer.alloc(0), STATUS.ok],
      ] as const) {
        const stream = call(xds, mode);
        stream.end(bytes);
        assert.equal(await statusOf(stream), String(status), bytes.toString('hex'));
      }
      while (xds.server.stats().streams > 0) await turn();
    });
  }

  it('calls of other services without a request end too', async () => {
    const xds = await start({ limits: { firstRequestMs: 50 } });
    for (const path of [
      '/grpc.health.v1.Health/Watch',
      '/envoy.service.load_stats.v3.LoadReportingService/StreamLoadStats',
    ])
      assert.equal(await statusOf(callOf(xds, path)), String(STATUS.deadlineExceeded), path);
    const { loadStreams, healthWatchers, queries } = xds.server.stats();
    assert.deepEqual([loadStreams, healthWatchers, queries], [0, 0, 0]);
  });

  function call(xds: TestServer, mode: (typeof MODES)[number]): ClientHttp2Stream {
    const method = mode === 'sotw' ? 'StreamAggregatedResources' : 'DeltaAggregatedResources';
    return callOf(xds, `/envoy.service.discovery.v3.AggregatedDiscoveryService/${method}`);
  }

  function callOf(xds: TestServer, path: string): ClientHttp2Stream {
    const session = connect(`http://127.0.0.1:${String(xds.port)}`);
    opened.push(session);
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.on('error', () => undefined);
    return stream;
  }
});

function names(mode: (typeof MODES)[number]): object {
  return mode === 'sotw' ? { resourceNames: ['a'] } : { resourceNamesSubscribe: ['a'] };
}

/** The `grpc-status` that the call ends with, whether it was answered or not. */
function statusOf(stream: ClientHttp2Stream): Promise<unknown> {
  return new Promise((resolve) => {
    stream.once('response', (headers) => {
      if (headers['grpc-status'] !== undefined) resolve(headers['grpc-status']);
    });
    stream.once('trailers', (trailers: Readonly<Record<string, unknown>>) => resolve(trailers['grpc-status']));
    stream.resume();
  });
}
