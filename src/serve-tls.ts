/** The part of the composition root that joins the TLS files to the xDS address: rotation, the log and the metrics. */
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { type TlsAddress, addTlsMetrics } from './admin/metrics/tls-metrics.js';
import type { TlsFiles, TlsMaterial } from './tls/tls-files.js';
import { TlsRotation } from './tls/tls-rotation.js';
import type { XdsListener } from './xds/index.js';

/** A certificate that expires sooner is reported, in milliseconds. */
const EXPIRY_WARNING_MS = 7 * 24 * 3_600_000;
/** How often expiry is looked at, in milliseconds. */
const EXPIRY_CHECK_MS = 3_600_000;

export interface FollowedTls {
  /** Reads the files again. */
  reload(): Promise<void>;
  close(): void;
}

export interface FollowTlsOptions {
  readonly logger: Logger;
  readonly registry: Registry;
  /** The address that they are for. */
  readonly name: TlsAddress;
}

/** Follows the files that the listener was started with. */
export function followTls(
  files: TlsFiles,
  material: TlsMaterial,
  listener: Pick<XdsListener, 'updateTls'>,
  { logger, registry, name }: FollowTlsOptions,
): FollowedTls {
  const rotation = new TlsRotation(files, material, {
    use: (next) => {
      listener.updateTls(next);
      logger.info({ address: name, expires: new Date(next.certExpiry).toISOString() }, 'new TLS files are in use');
      warnOfExpiry(logger, next, Date.now());
    },
    failed: (err) =>
      logger.error({ err, address: name }, 'the TLS files changed and cannot be used; the previous ones stay in use'),
  });
  addTlsMetrics(registry, name, () => ({ ...rotation.current, failures: rotation.failures }));
  warnOfExpiry(logger, material, Date.now());
  const timer = setInterval(() => warnOfExpiry(logger, rotation.current, Date.now()), EXPIRY_CHECK_MS).unref();
  return {
    reload: () => rotation.reload(),
    close: () => {
      clearInterval(timer);
      rotation.close();
    },
  };
}

/** An expired certificate of the server makes every new handshake fail; so does the last expired authority. */
export function warnOfExpiry(logger: Logger, { certExpiry, clientCaExpiry }: TlsMaterial, now: number): void {
  const certificates = { 'the server': certExpiry, 'the client authority': clientCaExpiry };
  for (const [owner, expiry] of Object.entries(certificates)) {
    if (expiry === undefined || expiry - now > EXPIRY_WARNING_MS) continue;
    const expires = new Date(expiry).toISOString();
    if (expiry <= now) logger.error({ expires }, `the certificate of ${owner} has expired: clients cannot connect`);
    else logger.warn({ expires }, `the certificate of ${owner} expires soon`);
  }
}
