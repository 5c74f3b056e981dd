/** The transport security of `serve`: certificates and keys from the files that the flags name. */
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { TlsOptions } from '../xds/index.js';
import { CliError } from './cli-error.js';

export interface TlsFlags {
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
}

/**
 * What the xDS address needs for TLS, mutual where a client CA is given; nothing for plain text.
 * @throws CliError (usage) when a flag lacks its partner, a file cannot be read, or certificate and key do not fit.
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
    throw new CliError('usage', `${flag} ${file}: cannot be read (${code}).`, { cause: error });
  }
}

function requireUsable({ cert, key, clientCa }: TlsOptions, flags: TlsFlags): void {
  try {
    createSecureContext({ cert, key, ...(clientCa !== undefined && { ca: clientCa }) });
  } catch (error) {
    const files = [flags.tlsCert, flags.tlsKey, flags.tlsClientCa].filter((file) => file !== undefined).join(', ');
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError('usage', `The TLS files ${files} cannot be used together: ${reason}.`, { cause: error });
  }
}
