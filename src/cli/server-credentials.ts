/** The transport security of `serve`: TLS from files, or plain text where that is safe or asked for. */
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { ServerCredentials } from '@grpc/grpc-js';
import { CliError } from './cli-error.js';

export interface TlsFlags {
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
}

/**
 * Credentials for the xDS address: TLS where a certificate is given (mutual with a client CA), plain text else.
 * @throws CliError (usage) when a flag lacks its partner, a file cannot be read, or certificate and key do not fit.
 */
export async function serverCredentials(flags: TlsFlags): Promise<ServerCredentials> {
  const { tlsCert, tlsKey, tlsClientCa } = flags;
  if (tlsCert === undefined && tlsKey === undefined) {
    if (tlsClientCa !== undefined) throw new CliError('usage', '--tls-client-ca needs --tls-cert and --tls-key.');
    return ServerCredentials.createInsecure();
  }
  if (tlsCert === undefined || tlsKey === undefined)
    throw new CliError('usage', 'Give --tls-cert and --tls-key together.');
  const cert = await readPem(tlsCert, '--tls-cert');
  const key = await readPem(tlsKey, '--tls-key');
  const clientCa = tlsClientCa === undefined ? null : await readPem(tlsClientCa, '--tls-client-ca');
  requireUsable({ cert, key, ...(clientCa !== null && { ca: clientCa }) }, flags);
  return ServerCredentials.createSsl(clientCa, [{ cert_chain: cert, private_key: key }], clientCa !== null);
}

async function readPem(file: string, flag: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new CliError('usage', `${flag} ${file}: cannot be read (${code}).`, { cause: error });
  }
}

function requireUsable(material: { cert: Buffer; key: Buffer; ca?: Buffer }, flags: TlsFlags): void {
  try {
    createSecureContext(material);
  } catch (error) {
    const files = [flags.tlsCert, flags.tlsKey, flags.tlsClientCa].filter((file) => file !== undefined).join(', ');
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError('usage', `The TLS files ${files} cannot be used together: ${reason}.`, { cause: error });
  }
}
