/** Values of the chart for the tests, and what an installation with them needs. */
import { LOCAL_NAMES, createAuthority } from '../../../src/testing/certificate.js';
import type { Manifest } from './manifests.js';

/** The token of the admin address. */
export const ADMIN_TOKEN = 'a-token-of-the-tests';

/** One cluster, with everything protected. */
export const SECURE = {
  clusterName: 'cluster-1',
  tls: { secretName: 'lifeboat-tls' },
  clients: { ca: { secretName: 'lifeboat-client-ca' } },
  admin: { tokenSecretName: 'lifeboat-admin-token' },
};

/** One cluster, with nothing protected. */
export const INSECURE = { clusterName: 'cluster-1', insecure: true };

/** Two clusters, by a kubeconfig. */
export const SEVERAL = {
  ...SECURE,
  clusterName: '',
  kubeconfig: {
    secretName: 'lifeboat-kubeconfig',
    contexts: [
      { name: 'east', context: 'east' },
      { name: 'west', context: 'west' },
    ],
  },
};

/** The Secrets that {@link SECURE} names. */
export function secretsOf(namespace: string): readonly Manifest[] {
  const authority = createAuthority('lifeboat');
  const { cert, key } = authority.issue('lifeboat', ...LOCAL_NAMES);
  return [
    secret(namespace, 'lifeboat-tls', { 'tls.crt': cert, 'tls.key': key }, 'kubernetes.io/tls'),
    secret(namespace, 'lifeboat-client-ca', { 'ca.crt': authority.cert }),
    secret(namespace, 'lifeboat-admin-token', { token: ADMIN_TOKEN }),
  ];
}

export function secret(
  namespace: string,
  name: string,
  stringData: Readonly<Record<string, string>>,
  type = 'Opaque',
): Manifest {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, type, stringData };
}
