/** The flags of `serve` that name certificates and keys. */
import { type TlsFiles, readTlsFiles } from '../../tls/tls-files.js';
import { CliError } from '../output/cli-error.js';
import { requireUsable } from './usable-files.js';

export interface TlsFlags {
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
}

/**
 * The TLS files of an address; `undefined` for plain text.
 * @param flagPrefix what the names of the flags begin with.
 * @throws CliError (usage) if a flag is missing, or the files cannot be used.
 */
export async function tlsFilesOf(
  { tlsCert, tlsKey, tlsClientCa }: TlsFlags,
  flagPrefix = '--tls-',
): Promise<TlsFiles | undefined> {
  if (tlsCert === undefined && tlsKey === undefined) {
    if (tlsClientCa !== undefined) throw new CliError('usage', '--tls-client-ca needs --tls-cert and --tls-key.');
    return undefined;
  }
  if (tlsCert === undefined || tlsKey === undefined)
    throw new CliError('usage', `Give ${flagPrefix}cert and ${flagPrefix}key together.`);
  const files = { cert: tlsCert, key: tlsKey, flagPrefix, ...(tlsClientCa !== undefined && { clientCa: tlsClientCa }) };
  await requireUsable(() => readTlsFiles(files, Date.now()));
  return files;
}
