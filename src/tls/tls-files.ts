/** Reads and checks the certificates and keys of the xDS address. It must not know who serves with them. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';

/** Paths of PEM files. */
export interface TlsFiles {
  /** The certificate chain of the server, its own certificate first. */
  readonly cert: string;
  readonly key: string;
  /** Certificates of the authorities that issue the certificates of clients. Absent: clients need no certificate. */
  readonly clientCa?: string;
  /** What the names of their flags begin with. Default: `--tls-`. */
  readonly flagPrefix?: string;
}

/** The checked content of the files. The server can serve with it. */
export interface TlsMaterial {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly clientCa?: Buffer;
  /** When the certificate of the server expires, in milliseconds since the epoch. */
  readonly certExpiry: number;
  /** When the last of the client authorities expires, in milliseconds since the epoch. */
  readonly clientCaExpiry?: number;
}

/** By file, the end of the name of the flag of `serve`. */
const FLAGS = { cert: 'cert', key: 'key', clientCa: 'client-ca' } as const;

type Role = keyof typeof FLAGS;

function flagOf({ flagPrefix = '--tls-' }: TlsFiles, role: Role): string {
  return `${flagPrefix}${FLAGS[role]}`;
}

/** The files cannot be used. The message is a sentence that names the flag and the file. */
export class TlsFileError extends Error {
  override readonly name = 'TlsFileError';
}

/**
 * Reads the files.
 * @param now milliseconds since the epoch.
 * @throws TlsFileError if a file cannot be read, certificate and key do not match, or a certificate is not valid at this time.
 */
export async function readTlsFiles(files: TlsFiles, now: number): Promise<TlsMaterial> {
  const cert = await readPem(files, 'cert');
  const key = await readPem(files, 'key');
  const clientCa = files.clientCa === undefined ? undefined : await readPem(files, 'clientCa');
  const [certificate] = certificatesIn(cert, files, 'cert');
  if (!certificate.checkPrivateKey(privateKeyIn(key, files)))
    throw new TlsFileError(`${nameOf(files, 'key')}: is not the key of the certificate in ${files.cert}.`);
  requireValid(certificate, nameOf(files, 'cert'), now);
  const authorities = clientCa === undefined ? [] : certificatesIn(clientCa, files, 'clientCa');
  const [lastAuthority] = [...authorities].sort((a, b) => expiryOf(b) - expiryOf(a));
  if (lastAuthority) requireValid(lastAuthority, nameOf(files, 'clientCa'), now);
  requireUsableTogether({ cert, key, ...(clientCa && { ca: clientCa }) }, files);
  return {
    cert,
    key,
    certExpiry: expiryOf(certificate),
    ...(clientCa && lastAuthority && { clientCa, clientCaExpiry: expiryOf(lastAuthority) }),
  };
}

/** `--tls-cert server.pem`. */
function nameOf(files: TlsFiles, role: Role): string {
  return `${flagOf(files, role)} ${files[role] ?? ''}`;
}

async function readPem(files: TlsFiles, role: Role): Promise<Buffer> {
  try {
    return await readFile(files[role] ?? '');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const reason = code === 'ENOENT' ? 'no such file' : code;
    throw new TlsFileError(`${nameOf(files, role)}: cannot be read (${reason}).`, { cause: error });
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g;

/** At least one certificate. Node.js ignores a CA file without any, and then no client can connect. */
function certificatesIn(
  pem: Buffer,
  files: TlsFiles,
  role: 'cert' | 'clientCa',
): readonly [X509Certificate, ...X509Certificate[]] {
  try {
    const texts = pem.toString('latin1').match(CERTIFICATE) ?? [];
    const [first = pem, ...others] = texts;
    return [new X509Certificate(first), ...others.map((text) => new X509Certificate(text))];
  } catch (error) {
    const hint = pem.includes('PRIVATE KEY-----')
      ? ` It holds a private key, which ${flagOf(files, 'key')} takes.`
      : '';
    throw new TlsFileError(`${nameOf(files, role)}: contains no valid PEM certificate.${hint}`, {
      cause: error,
    });
  }
}

function privateKeyIn(pem: Buffer, files: TlsFiles): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new TlsFileError(`${nameOf(files, 'key')}: contains no valid PEM private key.${keyHint(pem, files)}`, {
      cause: error,
    });
  }
}

function keyHint(pem: Buffer, files: TlsFiles): string {
  if (pem.includes('ENCRYPTED')) return ' It is encrypted: decrypt it, for example with "openssl pkey".';
  return pem.includes('-----BEGIN CERTIFICATE-----')
    ? ` It holds a certificate, which ${flagOf(files, 'cert')} takes.`
    : '';
}

function requireValid(certificate: X509Certificate, name: string, now: number): void {
  const [from, to] = [Date.parse(certificate.validFrom), expiryOf(certificate)];
  if (to <= now) throw new TlsFileError(`${name}: the certificate expired at ${new Date(to).toISOString()}. Renew it.`);
  if (from > now) {
    const start = new Date(from).toISOString();
    throw new TlsFileError(`${name}: the certificate is not valid before ${start}. Check the clock of this host.`);
  }
}

function expiryOf(certificate: X509Certificate): number {
  return Date.parse(certificate.validTo);
}

function requireUsableTogether(pems: Parameters<typeof createSecureContext>[0], files: TlsFiles): void {
  try {
    createSecureContext(pems);
  } catch (error) {
    const names = [files.cert, files.key, files.clientCa].filter((file) => file !== undefined).join(', ');
    const reason = error instanceof Error ? error.message : String(error);
    throw new TlsFileError(`The TLS files ${names} cannot be used together: ${reason}.`, { cause: error });
  }
}
