/** Promise 30: the admin address with TLS and a token, as the commands use it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pino } from 'pino';
import { adminClient } from './cli/queries/admin-client.js';
import { CliError } from './cli/output/cli-error.js';
import { serve } from './main.js';
import { DEFAULT_READ_LIMITS } from './source/index.js';
import { LOCAL_NAMES, createAuthority } from './testing/certificate.js';
import { withFiles } from './testing/run-command.js';

const [FIRST, SECOND] = ['the-first-token-1', 'the-second-token-2'];

/** Lines of a log, and the next one that has this message. */
function createLog() {
  const stream = new PassThrough();
  const lines: { readonly msg: string; readonly port?: number }[] = [];
  stream.on('data', (chunk: Buffer) => {
    for (const line of chunk
      .toString()
      .split('\n')
      .filter((text) => text !== '')) {
      lines.push(JSON.parse(line) as (typeof lines)[number]);
      stream.emit('line');
    }
  });
  const line = async (pattern: RegExp) => {
    for (;;) {
      const found = lines.find(({ msg }) => pattern.test(msg));
      if (found !== undefined) return found;
      await once(stream, 'line');
    }
  };
  return { stream, line };
}

describe('promise 30: the admin address with TLS and a token', () => {
  it('answers commands that have both, and takes a new token', async () => {
    const authority = createAuthority('authority');
    const { cert, key } = authority.issue('admin', ...LOCAL_NAMES);
    await withFiles({ cert, key, ca: authority.cert, token: `${FIRST}\n`, second: SECOND }, async (directory) => {
      const file = (name: string): string => join(directory, name);
      const { stream, line } = createLog();
      const address = { host: '127.0.0.1', port: 0 };
      const server = await serve({
        ...{ version: '1', config: [], allowEmpty: true, emptyGraceMs: 0, shrinkGraceMs: 0, loadReportIntervalMs: 0 },
        ...{ xdsAddress: address, adminAddress: address, isolateNacks: true, transport: 'grpc-js' as const },
        admin: { tls: { cert: file('cert'), key: file('key') }, tokenFile: file('token') },
        readLimits: DEFAULT_READ_LIMITS,
        logger: pino(stream),
      });
      try {
        const { port } = await line(/admin server listens/);
        const url = `https://127.0.0.1:${String(port)}`;
        const ask = (token: string | undefined, ca = file('ca')) =>
          adminClient({ server: url, serverCa: ca, ...(token && { serverTokenFile: file(token) }) }, '1').resources({});
        assert.deepEqual(await ask('token'), []);
        await assert.rejects(ask('second'), new CliError('usage', 'The bearer token is not valid.'));
        await assert.rejects(ask(undefined), /--server-token-file/);
        await assert.rejects(ask('token', file('cert')), /UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/);

        await writeFile(file('next'), 'short');
        await rename(file('next'), file('token'));
        await server.reload();
        await line(/token file .* cannot be used/);
        await writeFile(file('next'), FIRST);
        assert.deepEqual(
          await adminClient({ server: url, serverCa: file('ca'), serverTokenFile: file('next') }, '1').resources({}),
          [],
        );

        await writeFile(file('next'), SECOND);
        await rename(file('next'), file('token'));
        await server.reload();
        await line(/a new token of the admin address is in use/);
        assert.deepEqual(await ask('second'), []);
      } finally {
        await server.drain();
      }
    });
  });
});
