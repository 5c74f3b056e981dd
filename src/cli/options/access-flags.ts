/** The flags of `serve` that say who may connect. */
import { type AccessFiles, readAccessFiles } from '../../access/access-files.js';
import { CliError } from '../output/cli-error.js';
import { Flag } from './flag.js';
import type { TlsFlags } from './tls-flags.js';
import { requireUsable } from './usable-files.js';

export interface AccessFlags extends TlsFlags {
  readonly clientPolicy?: string;
  readonly clientJwks?: string;
  readonly clientJwtAudience?: readonly string[];
  readonly clientJwtIssuer?: string;
  readonly allowAnyClient?: boolean;
}

/** The `aud` claim of tokens for Lifeboat, if no flag names another. */
const DEFAULT_AUDIENCE = 'lifeboat';

export function accessFlags(): readonly Flag[] {
  return [
    new Flag(
      '--client-policy <file>',
      'YAML rules: which identity may be which node; needs --tls-client-ca or --client-jwks',
      {
        without: 'a SPIFFE ID or service account may be the nodes of its namespace, any other client every node',
      },
    ),
    new Flag(
      '--client-jwks <file>',
      'JSON Web Key Set; clients prove who they are by a bearer token (JWT) that one of its keys signed',
      {
        without: 'tokens are ignored',
      },
    ),
    new Flag('--client-jwt-audience <text...>', 'audience that bearer tokens must have; repeatable', {
      without: DEFAULT_AUDIENCE,
    }),
    new Flag('--client-jwt-issuer <text>', 'issuer that bearer tokens must have', {
      without: 'any whose key is in --client-jwks',
    }),
    new Flag('--allow-any-client', 'with TLS beyond loopback, accept clients that prove nothing'),
  ];
}

/**
 * The files that say who may connect; `undefined` if clients are not authenticated.
 * @throws CliError (usage) if flags contradict each other, or a file cannot be used.
 */
export async function accessFilesOf(flags: AccessFlags): Promise<AccessFiles | undefined> {
  const { clientPolicy, clientJwks, clientJwtAudience, clientJwtIssuer, tlsClientCa } = flags;
  const authenticates = tlsClientCa !== undefined || clientJwks !== undefined;
  if (clientJwks === undefined && (clientJwtAudience !== undefined || clientJwtIssuer !== undefined))
    throw new CliError('usage', '--client-jwt-audience and --client-jwt-issuer need --client-jwks.');
  if (clientPolicy !== undefined && !authenticates)
    throw new CliError(
      'usage',
      '--client-policy needs --tls-client-ca or --client-jwks: without them, clients prove no identity.',
    );
  if (flags.allowAnyClient === true && authenticates)
    throw new CliError('usage', '--allow-any-client contradicts --tls-client-ca and --client-jwks. Remove one.');
  if (!authenticates) return undefined;
  const tokens = clientJwks !== undefined && {
    keySet: clientJwks,
    audience: clientJwtAudience ?? [DEFAULT_AUDIENCE],
    ...(clientJwtIssuer !== undefined && { issuer: clientJwtIssuer }),
  };
  const files = { ...(clientPolicy !== undefined && { policy: clientPolicy }), ...(tokens && { tokens }) };
  await requireUsable(() => readAccessFiles(files));
  return files;
}
