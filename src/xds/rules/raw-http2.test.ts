/** What a client of HTTP/2 may do that no client of gRPC does: it hurts nobody else, and leaves nothing behind. */
import assert from 'node:assert/strict';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type TestServer, cluster, overTransports } from '../../testing/xds/server.js';
import { frame, openStream } from '../../testing/xds/raw-connection.js';
import { encodeRequest } from '../../testing/xds/client-wire.js';
import { CLUSTER } from '../index.js';

const REQUEST = encodeRequest('delta', { typeUrl: CLUSTER, node: { id: 'raw' } });
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

overTransports('raw HTTP/2', (start) => {
  const opened: { destroy(): unknown }[] = [];
  afterEach(() => opened.splice(0).forEach((item) => item.destroy()));

  function session(xds: TestServer): ClientHttp2Session {
    const made = connect(`http://127.0.0.1:${String(xds.port)}`);
    opened.push(made);
    made.on('error', () => undefined);
    return made;
  }

  /** Another client is served, and nothing is left of those before. */
  async function expectWell(xds: TestServer): Promise<void> {
    while (xds.server.stats().streams > 0) await turn();
    const client = xds.connect('delta');
    client.subscribe(CLUSTER);
    assert.deepEqual((await client.accept(CLUSTER)).names, ['a']);
  }

  for (const [what, bytes] of [
    ['bytes that are no HTTP/2', 'GET / HTTP/1.1\r\n\r\n'],
    [
      'a frame that is too long',
      Buffer.from(`${Buffer.from(PREFACE).toString('hex')}000000040000000000ffffff000000000001`, 'hex'),
    ],
    [
      'data on a stream that was never opened',
      Buffer.from(`${Buffer.from(PREFACE).toString('hex')}000000040000000000000001000000000100`, 'hex'),
    ],
    [
      'a header block that cannot be decoded',
      Buffer.from(`${Buffer.from(PREFACE).toString('hex')}000000040000000000000004010400000001ffffffff`, 'hex'),
    ],
  ] as const) {
    it(`${what} end the connection`, async () => {
      const xds = await start({ resources: [cluster('a')], listen: { maxConnectionIdleMs: 20 } });
      const socket = connectTcp(xds.port, '127.0.0.1', () => socket.write(bytes));
      opened.push(socket);
      socket.on('error', () => undefined);
      socket.resume();
      await new Promise((resolve) => socket.once('close', resolve));
      await expectWell(xds);
    });
  }

  it('a connection without streams is closed after a time', async () => {
    const xds = await start({ resources: [cluster('a')], listen: { maxConnectionIdleMs: 20 } });
    const socket = connectTcp(xds.port, '127.0.0.1');
    opened.push(socket);
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
    await expectWell(xds);
  });

  it('a thousand streams that are reset at once leave nothing behind', async () => {
    const xds = await start({ resources: [cluster('a')] });
    const connection = session(xds);
    for (let count = 0; count < 1_000 && !connection.closed; count += 1) {
      const stream = openStream(connection, 'delta');
      stream.write(frame(REQUEST));
      stream.close(constants.NGHTTP2_CANCEL);
      if (count % 100 === 0) await turn();
    }
    connection.destroy();
    await expectWell(xds);
  });

  it('an incomplete request ends with INTERNAL', async () => {
    const xds = await start({ resources: [cluster('a')] });
    for (const length of [1, 4, 5, frame(REQUEST).length - 1]) {
      const stream = openStream(session(xds), 'delta');
      stream.end(frame(REQUEST).subarray(0, length));
      assert.equal(await statusOf(stream), '13');
    }
    await expectWell(xds);
  });

  it('incomplete requests have a common limit, and return their memory at the end', async () => {
    const xds = await start({ resources: [cluster('a')], listen: { maxIncompleteBytes: 100_000 } });
    const connection = session(xds);
    const whole = frame(Buffer.alloc(90_000));
    const unfinished = whole.subarray(0, 60_000);
    const [one, other] = [openStream(connection, 'delta'), openStream(connection, 'delta')];
    one.write(unfinished);
    await new Promise<void>((resolve) => connection.ping(() => resolve()));
    other.write(unfinished);
    assert.equal(await statusOf(other), '8');
    for (const stream of [one, other]) stream.close(constants.NGHTTP2_CANCEL);
    await expectWell(xds);
    const again = openStream(connection, 'delta');
    again.write(unfinished);
    again.end(whole.subarray(60_000));
    // It is a message, although not one of xDS.
    assert.equal(await statusOf(again), '3');
  });

  it('a message above the limit is refused before it has arrived', async () => {
    const xds = await start({ resources: [cluster('a')], limits: { maxRequestBytes: 1_000 } });
    const stream = openStream(session(xds), 'delta');
    stream.write(frame(Buffer.alloc(1_001)).subarray(0, 5));
    assert.equal(await statusOf(stream), '8');
    stream.close();
    await expectWell(xds);
  });

  it("headers with the name of a transport's internal header have no effect", async () => {
    const xds = await start({ resources: [cluster('a')], listen: { unreadMs: 60_000 } });
    const connection = session(xds);
    const streams = ['1', '2', 'x'].map((number) => openStream(connection, 'delta', { 'lifeboat-stream': number }));
    for (const stream of streams) {
      const heard = new Promise((resolve) => stream.once('data', resolve));
      stream.write(frame(REQUEST));
      await heard;
    }
    connection.destroy();
    await expectWell(xds);
  });

  it('a compressed request is refused with UNIMPLEMENTED, and not decompressed', async () => {
    const xds = await start({ resources: [cluster('a')] });
    const stream = openStream(session(xds), 'delta', { 'grpc-encoding': 'gzip' });
    const compressed = frame(gzipSync(REQUEST));
    compressed[0] = 1;
    stream.write(compressed);
    assert.equal(await statusOf(stream), '12');
    stream.close();
    await expectWell(xds);
  });

  it('a connection has the stream limit and the window of the options', async () => {
    const xds = await start({ listen: { maxStreamsPerConnection: 7 } });
    const connection = session(xds);
    await new Promise((resolve) => connection.once('remoteSettings', resolve));
    const { maxConcurrentStreams, initialWindowSize } = connection.remoteSettings;
    assert.deepEqual([maxConcurrentStreams, initialWindowSize], [7, 1 << 20]);
  });
});

/** Of the headers, or of the trailers. */
function statusOf(stream: ClientHttp2Stream): Promise<unknown> {
  return new Promise((resolve) => {
    const found = (headers: Readonly<Record<string, unknown>>): void => {
      if (headers['grpc-status'] !== undefined) resolve(headers['grpc-status']);
    };
    stream.on('response', found);
    stream.on('trailers', found);
    stream.resume();
  });
}
