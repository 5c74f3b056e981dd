/** The part of the composition root that serves the admin address: its application, certificates and token. */
import type { SecureContextOptions } from 'node:tls';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { type AdminToken, followAdminToken } from './access/admin-token.js';
import { type AdminOptions, createAdminApp } from './admin/app.js';
import { formatAddress, isLoopback, type SocketAddress } from './admin/queries/text-forms.js';
import { type AdminServer, listenAdmin } from './admin/server.js';
import { AddressError, type ServerOptions } from './serve.js';
import { followTls } from './serve-tls.js';
import { TLS_CIPHERS, type TlsOptions } from './xds/index.js';
import { readTlsFiles } from './tls/tls-files.js';

export interface ServedAdmin {
  /** Reads the files again. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

/** @throws AddressError if the address cannot be listened on; AccessFileError or TlsFileError if a file cannot be used. */
export async function serveAdmin(
  { admin: { tokenFile, tls: files }, adminAddress, logger, version }: ServerOptions,
  parts: Pick<AdminOptions, 'controlPlane' | 'readiness'> & {
    readonly registry: Registry;
    /** Further connections are closed at once. Default: as many as the system allows. */
    readonly maxConnections?: number;
  },
): Promise<ServedAdmin> {
  const token = tokenFile === undefined ? undefined : await followToken(tokenFile, logger);
  const app = createAdminApp({
    ...parts,
    version,
    onError: (err, path) => logger.error({ err, path }, 'a request failed'),
    loopbackOnly: isLoopback(adminAddress.host),
    ...(token && { verifyToken: (text) => token.verify(text) }),
  });
  const tls = files && (await readTlsFiles(files, Date.now()));
  const server = await listenAdmin(app, adminAddress, {
    ...(tls && { tls: contextOf(tls) }),
    ...(parts.maxConnections !== undefined && { maxConnections: parts.maxConnections }),
  }).catch((error: unknown) => {
    throw new AddressError(adminAddress, '--admin-address', error);
  });
  tell(logger, server.address);
  const followed =
    files &&
    tls &&
    followTls(
      files,
      tls,
      { updateTls: (next) => server.updateTls(contextOf(next)) },
      { logger, registry: parts.registry, name: 'admin' },
    );
  return {
    reload: async () => {
      await Promise.all([token?.reload(), followed?.reload()]);
    },
    close: () => close(server, token, followed),
  };
}

/** The same versions and cipher suites as at the xDS address. */
function contextOf({ cert, key }: Pick<TlsOptions, 'cert' | 'key'>): SecureContextOptions {
  return { cert, key, minVersion: 'TLSv1.2', ciphers: TLS_CIPHERS };
}

function followToken(path: string, logger: Logger): Promise<AdminToken> {
  return followAdminToken(path, (err) => {
    if (err === undefined) logger.info({ path }, 'a new token of the admin address is in use');
    else
      logger.error(
        { err },
        'the token file of the admin address changed and cannot be used; the previous token stays in use',
      );
  });
}

function tell(logger: Logger, address: SocketAddress): void {
  const { host, port } = address;
  logger.info({ adminAddress: formatAddress(address), address: host, port }, 'admin server listens');
}

async function close(server: AdminServer, ...followed: readonly ({ close(): void } | undefined)[]): Promise<void> {
  for (const files of followed) files?.close();
  await server.close();
}
