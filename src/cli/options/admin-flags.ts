/** The flags of `serve` that protect the admin address. */
import { readAdminToken } from '../../access/admin-token.js';
import { isLoopback, type SocketAddress } from '../../admin/queries/text-forms.js';
import type { AdminProtection } from '../../serve.js';
import { CliError } from '../output/cli-error.js';
import { Flag } from './flag.js';
import { tlsFilesOf } from './tls-flags.js';
import { requireUsable } from './usable-files.js';

export interface AdminFlags {
  readonly adminAddress: string;
  readonly adminTlsCert?: string;
  readonly adminTlsKey?: string;
  readonly adminTokenFile?: string;
  readonly insecure?: boolean;
}

export function adminFlags(): readonly Flag[] {
  return [
    new Flag('--admin-tls-cert <file>', 'PEM certificate chain of the admin address', { without: 'plain text' }),
    new Flag('--admin-tls-key <file>', 'PEM private key of the admin address', { without: 'plain text' }),
    new Flag(
      '--admin-token-file <file>',
      'file with the bearer token that requests to the admin address need, except /healthz and /readyz',
      { without: 'no token' },
    ),
  ];
}

/**
 * How the admin address is protected.
 * @throws CliError (usage) if a file cannot be used, or an address beyond loopback would not be protected.
 */
export async function adminProtectionOf(flags: AdminFlags, address: SocketAddress): Promise<AdminProtection> {
  const { adminTlsCert, adminTlsKey, adminTokenFile } = flags;
  const tls = await tlsFilesOf(
    {
      ...(adminTlsCert !== undefined && { tlsCert: adminTlsCert }),
      ...(adminTlsKey !== undefined && { tlsKey: adminTlsKey }),
    },
    '--admin-tls-',
  );
  if (adminTokenFile !== undefined) await requireUsable(() => readAdminToken(adminTokenFile));
  if (flags.insecure !== true && !isLoopback(address.host)) {
    const advice = 'or keep it on loopback, or allow it with --insecure';
    if (tls === undefined)
      throw new CliError(
        'usage',
        `--admin-address ${flags.adminAddress} would be plain text beyond loopback. Give --admin-tls-cert and --admin-tls-key, ${advice}.`,
      );
    if (adminTokenFile === undefined)
      throw new CliError(
        'usage',
        `Everyone who reaches --admin-address ${flags.adminAddress} could read the configuration. Give --admin-token-file, ${advice}.`,
      );
  }
  return { ...(tls && { tls }), ...(adminTokenFile !== undefined && { tokenFile: adminTokenFile }) };
}
