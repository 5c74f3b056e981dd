import assert from 'node:assert/strict';
import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { followTls, warnOfExpiry } from './serve-tls.js';
import { selfSigned } from './testing/certificate.js';
import { withFiles } from './testing/run-command.js';
import { type TlsMaterial, readTlsFiles } from './tls/tls-files.js';

const DAY = 24 * 3_600_000;

/** A logger, and what it was told: level and message. */
function recorded() {
  const lines: string[] = [];
  const write = (line: string): void => {
    const { level, msg } = JSON.parse(line) as { readonly level: number; readonly msg: string };
    lines.push(`${pino.levels.labels[level] ?? ''} ${msg}`);
  };
  return { logger: pino({ level: 'info' }, { write }), lines };
}

describe('expiring certificates', () => {
  const material: TlsMaterial = { cert: Buffer.from(''), key: Buffer.from(''), certExpiry: 100 * DAY };
  const warnings = (now: number, clientCaExpiry?: number): readonly string[] => {
    const { logger, lines } = recorded();
    warnOfExpiry(logger, { ...material, ...(clientCaExpiry !== undefined && { clientCaExpiry }) }, now);
    return lines;
  };

  it('are reported from seven days before they expire', () => {
    assert.deepEqual(warnings(93 * DAY - 1), []);
    assert.deepEqual(warnings(93 * DAY), ['warn the certificate of the server expires soon']);
  });

  it('are an error once they have expired', () => {
    assert.deepEqual(warnings(100 * DAY), ['error the certificate of the server has expired: clients cannot connect']);
  });

  it('are those of the client authorities as well', () => {
    assert.deepEqual(warnings(50 * DAY, 51 * DAY), ['warn the certificate of the client authority expires soon']);
  });
});

describe('followed TLS files', () => {
  it('are reported at the start, and in the metrics', async () => {
    await withFiles({ ...selfSigned('server') }, async (directory) => {
      const files = { cert: join(directory, 'cert'), key: join(directory, 'key') };
      const [registry, { logger, lines }] = [new Registry(), recorded()];
      const material = await readTlsFiles(files, Date.now());
      const followed = followTls(files, material, { updateTls: () => undefined }, { logger, registry, name: 'xds' });
      const metrics = await registry.metrics();
      followed.close();
      // The certificate of the tests is valid for a day.
      assert.deepEqual(lines, ['warn the certificate of the server expires soon']);
      const expiry = String(material.certExpiry / 1000);
      assert.ok(
        metrics.includes(`lifeboat_tls_certificate_expiry_timestamp_seconds{certificate="server"} ${expiry}`),
        metrics,
      );
      assert.ok(metrics.includes('lifeboat_tls_reload_errors_total 0'), metrics);
    });
  });
});
