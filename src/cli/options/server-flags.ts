/** The flags that name a running control plane and say how to reach it. */
import { Flag } from './flag.js';
import { DEFAULT_ADMIN_ADDRESS } from './shared-flags.js';

export interface ServerFlags {
  readonly server: string;
  readonly serverTokenFile?: string;
  readonly serverCa?: string;
}

export function serverFlags(): readonly Flag[] {
  return [
    new Flag('--server <url>', 'admin address of the control plane', { default: `http://${DEFAULT_ADMIN_ADDRESS}` }),
    new Flag('--server-token-file <file>', 'file with the bearer token for --server', { without: 'no token' }),
    new Flag(
      '--server-ca <file>',
      'PEM certificates of the authority that issued the certificate of --server (https)',
      {
        without: 'those that Node.js trusts',
      },
    ),
  ];
}
