/** Reads the certificates and keys of `serve` from the files that the flags name. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { TlsOptions } from '../../xds/index.js';
import { CliError } from '../output/cli-error.js';

export interface TlsFlags {
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
}

/**
 * The TLS options of the xDS address: mutual TLS with a client CA; `undefined` for plain text.
 * @throws CliError (usage) if a flag is missing, a file cannot be read, or certificate and key do not match.
 */
export async function readTls(flags: TlsFlags): Promise<TlsOptions | undefined> {
  const { tlsCert, tlsKey, tlsClientCa } = flags;
  if (tlsCert === undefined && tlsKey === undefined) {
    if (tlsClientCa !== undefined) throw new CliError('usage', '--tls-client-ca needs --tls-cert and --tls-key.');
    return undefined;
  }
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new CliError('usage', 'Give --tls-cert and --tls-key together.');
  }
  const tls = {
    cert: await readPem(tlsCert, '--tls-cert'),
    key: await readPem(tlsKey, '--tls-key'),
    ...(tlsClientCa !== undefined && { clientCa: await readPem(tlsClientCa, '--tls-client-ca') }),
  };
  requireUsable(tls, flags);
  return tls;
}

async function readPem(file: string, flag: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new CliError('usage', `${flag} ${file}: cannot be read (${code === 'ENOENT' ? 'no such file' : code}).`, {
      cause: error,
    });
  }
}

function requireUsable({ cert, key, clientCa }: TlsOptions, flags: TlsFlags): void {
  const certificate = requireCertificate(cert, `--tls-cert ${flags.tlsCert ?? ''}`);
  const privateKey = requireKey(key, `--tls-key ${flags.tlsKey ?? ''}`);
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new CliError(
      'usage',
      `--tls-key ${flags.tlsKey ?? ''}: is not the key of the certificate in ${flags.tlsCert ?? ''}.`,
    );
  }
  if (clientCa !== undefined) requireCertificate(clientCa, `--tls-client-ca ${flags.tlsClientCa ?? ''}`);
  try {
    createSecureContext({ cert, key, ...(clientCa !== undefined && { ca: clientCa }) });
  } catch (error) {
    const files = [flags.tlsCert, flags.tlsKey, flags.tlsClientCa].filter((file) => file !== undefined).join(', ');
    throw new CliError('usage', `The TLS files ${files} cannot be used together: ${reasonOf(error)}.`, {
      cause: error,
    });
  }
}

/** The first certificate of a PEM file. Node.js ignores a CA file without one, and then no client can connect. */
function requireCertificate(pem: string | Buffer, what: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    const hint = pem.includes('PRIVATE KEY-----') ? ' It holds a private key, which --tls-key takes.' : '';
    throw new CliError('usage', `${what}: holds no PEM certificate that can be read.${hint}`, { cause: error });
  }
}

function requireKey(pem: string | Buffer, what: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new CliError('usage', `${what}: holds no PEM private key that can be read.${keyHint(pem)}`, { cause: error });
  }
}

function keyHint(pem: string | Buffer): string {
  if (pem.includes('ENCRYPTED')) return ' It is encrypted: decrypt it, for example with "openssl pkey".';
  return pem.includes('-----BEGIN CERTIFICATE-----') ? ' It holds a certificate, which --tls-cert takes.' : '';
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
