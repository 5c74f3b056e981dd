import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type Certificate, selfSigned } from '../testing/certificate.js';
import { withFiles } from '../testing/run-command.js';
import { readTlsFiles } from './tls-files.js';

const DAY = 24 * 3_600_000;
const server = selfSigned('server');
const authority = selfSigned('authority');

/** Reads these texts as certificate, key and client authority, as if it were so long from now. */
async function read(texts: { cert?: string; key?: string; clientCa?: string }, inMs = 0) {
  const { cert = server.cert, key = server.key, clientCa } = texts;
  return withFiles({ cert, key, ...(clientCa !== undefined && { clientCa }) }, (directory) =>
    readTlsFiles(
      {
        cert: join(directory, 'cert'),
        key: join(directory, 'key'),
        ...(clientCa !== undefined && { clientCa: join(directory, 'clientCa') }),
      },
      Date.now() + inMs,
    ),
  );
}

/** In milliseconds since the epoch, as openssl says. */
function expiryIn({ cert }: Certificate): number {
  const printed = execFileSync('openssl', ['x509', '-noout', '-enddate'], { input: cert, encoding: 'utf8' });
  return Date.parse(printed.trim().replace('notAfter=', ''));
}

describe('TLS files', () => {
  it('have the expiry of their certificates', async () => {
    const { certExpiry, clientCaExpiry } = await read({ clientCa: authority.cert });
    assert.equal(certExpiry, expiryIn(server));
    assert.equal(clientCaExpiry, expiryIn(authority));
  });

  it('are refused when the certificate has expired', async () => {
    await assert.rejects(read({}, 2 * DAY), /--tls-cert .*cert: the certificate expired at 20.*Z\. Renew it\.$/);
  });

  it('are refused when the certificate is not valid yet', async () => {
    await assert.rejects(read({}, -2 * DAY), /is not valid before 20.*Z\. Check the clock of this host\.$/);
  });

  it('are refused when certificate and key do not match', async () => {
    await assert.rejects(
      read({ key: authority.key }),
      /--tls-key .*key: is not the key of the certificate in .*cert\.$/,
    );
  });

  it('are refused when the client authorities contain no certificate, although Node.js accepts that', async () => {
    await assert.rejects(read({ clientCa: '# none\n' }), /--tls-client-ca .*: contains no valid PEM certificate\.$/);
  });

  it('are refused when one of several client authorities is invalid', async () => {
    const broken = authority.cert.replace(/\n[A-Za-z0-9]/, '\n!');
    await assert.rejects(read({ clientCa: `${authority.cert}${broken}` }), /--tls-client-ca/);
  });
});
