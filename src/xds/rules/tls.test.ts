/** TLS is the server's own on every transport: who is let in, and new certificates for new connections. */
import assert from 'node:assert/strict';
import { type ClientHttp2Session, type SecureClientSessionOptions, connect } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { type TLSSocket, connect as connectTls } from 'node:tls';
import { type Certificate, selfSigned } from '../../testing/certificate.js';
import { type TestServer, cluster, overTransports } from '../../testing/xds/server.js';
import { frame, openStream } from '../../testing/xds/raw-connection.js';
import { encodeRequest } from '../../testing/xds/client-wire.js';
import { CLUSTER, type XdsListener } from '../index.js';

overTransports('TLS', (start, transport) => {
  const opened: { destroy(): unknown }[] = [];
  let [mine, other]: readonly Certificate[] = [];
  before(() => ([mine, other] = [selfSigned('mine'), selfSigned('other')]));
  afterEach(() => opened.splice(0).forEach((item) => item.destroy()));

  async function listen(clientCa?: string): Promise<XdsListener & { readonly xds: TestServer }> {
    const xds = await start({ resources: [cluster('a')] });
    const tls = { ...mine!, ...(clientCa !== undefined && { clientCa }) };
    const listener = await xds.server.listen('127.0.0.1:0', { transport, tls });
    return Object.assign(listener, { xds });
  }

  function session(port: number, options: SecureClientSessionOptions): ClientHttp2Session {
    const made = connect(`https://localhost:${String(port)}`, options);
    opened.push(made);
    made.on('error', () => undefined);
    return made;
  }

  /** Resolves when something was answered; rejects when the stream ends before. */
  function answered(connection: ClientHttp2Session): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const stream = openStream(connection, 'sotw');
      stream.once('close', () => reject(new Error('closed')));
      stream.once('data', resolve);
      stream.write(frame(encodeRequest('sotw', { typeUrl: CLUSTER, node: { id: 'n' } })));
    });
  }

  it('serves clients that trust the certificate', async () => {
    const { port } = await listen();
    await answered(session(port, { ca: mine!.cert }));
    await assert.rejects(answered(session(port, { ca: other!.cert })));
  });

  it('accepts only clients with a certificate of the authority', async () => {
    const { port, xds } = await listen(mine!.cert);
    await assert.rejects(answered(session(port, { ca: mine!.cert })));
    await assert.rejects(answered(session(port, { ca: mine!.cert, ...other! })));
    assert.equal(xds.server.stats().streams, 0);
    await answered(session(port, { ca: mine!.cert, cert: mine!.cert, key: mine!.key }));
  });

  it('accepts no cipher suite of TLS 1.2 without forward secrecy and authenticated encryption', async () => {
    const { port } = await listen();
    const tls12 = { ca: mine!.cert, maxVersion: 'TLSv1.2' as const };
    await answered(session(port, { ...tls12, ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }));
    for (const ciphers of ['ECDHE-ECDSA-AES128-SHA256', 'ECDHE-ECDSA-AES128-CCM'])
      await assert.rejects(answered(session(port, { ...tls12, ciphers })), ciphers);
    await assert.rejects(answered(session(port, { ca: mine!.cert, maxVersion: 'TLSv1.1' })));
  });

  it('uses new certificates for new connections, and keeps existing connections', async () => {
    const listener = await listen();
    const old = session(listener.port, { ca: mine!.cert });
    await answered(old);
    listener.updateTls(other!);
    await answered(session(listener.port, { ca: other!.cert }));
    await answered(old);
    assert.throws(() => listener.updateTls({ cert: mine!.cert, key: other!.key }));
  });

  it('refuses TLS 1.1, plain text and other protocols than HTTP/2', async () => {
    const listener = await listen();
    const plain = connectTcp(listener.port, '127.0.0.1', () => plain.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'));
    const old = connectTls({
      port: listener.port,
      host: '127.0.0.1',
      ca: mine!.cert,
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
      // Otherwise newer versions of OpenSSL do not even try.
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    await Promise.all([plain, old].map(ended));
    const http1: TLSSocket = connectTls({ port: listener.port, host: '127.0.0.1', ca: mine!.cert }, () =>
      http1.write('GET / HTTP/1.1\r\n\r\n'),
    );
    await ended(http1);
    await answered(session(listener.port, { ca: mine!.cert }));
  });

  function ended(socket: ReturnType<typeof connectTcp>): Promise<unknown> {
    opened.push(socket);
    socket.on('error', () => undefined);
    socket.resume();
    return new Promise((resolve) => socket.once('close', resolve));
  }
});
