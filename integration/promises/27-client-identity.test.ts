/**
 * Promise 27: a client proves who it is, and may be the nodes that its identity permits; a client without a valid certificate, or with that
 * of another node, gets nothing, and its Envoy's log says why.
 */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { type Authority, LOCAL_NAMES, createAuthority } from '../../src/testing/certificate.js';
import { eventually } from '../support/processes/eventually.js';
import type { ControlPlane } from '../support/processes/control-plane.js';
import { startTlsEnvoy, startTokenEnvoy } from '../support/envoys/proving-envoy.js';
import { type Story, withStory } from '../support/story.js';

const POLICY = `
clients:
- identity: spiffe://example.org/ns/{namespace}/sa/{account}
  node: "{account}-*"
  namespace: "{namespace}"
`;

/** Files of a control plane that accepts the clients of this authority. */
async function securedPlane(story: Story, authority: Authority, policy?: string): Promise<[ControlPlane, string]> {
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-identity-'));
  story.atEnd(() => rm(directory, { recursive: true }));
  const { cert, key } = authority.issue('lifeboat', ...LOCAL_NAMES);
  const files = { 'tls.crt': cert, 'tls.key': key, 'ca.crt': authority.cert, 'policy.yaml': policy ?? '' };
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  const tls = { '--tls-cert': 'tls.crt', '--tls-key': 'tls.key', '--tls-client-ca': 'ca.crt' };
  const named = { ...tls, ...(policy !== undefined && { '--client-policy': 'policy.yaml' }) };
  const flags = Object.entries(named).flatMap(([flag, name]) => [flag, join(directory, name)]);
  return [await story.controlPlane({ 'empty.yaml': [] }, { flags: [...flags, '--allow-empty'] }), directory];
}

/** Starts an Envoy of this namespace with a certificate for this SPIFFE ID. */
async function startEnvoy(
  story: Story,
  plane: ControlPlane,
  authority: Authority,
  node: { readonly id: string; readonly namespace: string; readonly spiffeId: string; readonly served: boolean },
): Promise<void> {
  await startTlsEnvoy(story, plane, {
    nodeId: node.id,
    authorities: authority.cert,
    certificate: authority.issue('envoy', `URI:${node.spiffeId}`),
    flags: ['--namespace', node.namespace],
    served: node.served,
  });
}

describe('promise 27: a client is who it proves to be', () => {
  let authority: Authority;
  before(() => {
    authority = createAuthority('authority');
  });

  it(
    'a service account may be the nodes of its namespace, and a refused Envoy does not disturb it',
    withStory(async (story) => {
      const [plane] = await securedPlane(story, authority);
      const spiffeId = 'spiffe://example.org/ns/shop/sa/web';
      await startEnvoy(story, plane, authority, { id: 'web-1', namespace: 'shop', spiffeId, served: true });
      await plane.synced('web-1');
      await startEnvoy(story, plane, authority, { id: 'web-2', namespace: 'bank', spiffeId, served: false });
      await plane.logs(/web may not be a node of the namespace .*bank/);
      assert.deepEqual(
        (await plane.proxies()).map(({ id }) => id),
        ['web-1'],
      );
    }),
  );

  it(
    'a policy says which identity may be which node, and is followed',
    withStory(async (story) => {
      const [plane, directory] = await securedPlane(story, authority, POLICY);
      const spiffeId = 'spiffe://example.org/ns/shop/sa/web';
      await startEnvoy(story, plane, authority, { id: 'db-1', namespace: 'shop', spiffeId, served: false });
      await plane.logs(/web may not be the node .*db-1/);
      const next = join(directory, 'next');
      await writeFile(next, 'clients: x');
      await rename(next, join(directory, 'policy.yaml'));
      await plane.logs(/policy\.yaml:1: .*clients.* must be a list of rules/);
      await writeFile(next, POLICY.replace('{account}-*', '*'));
      await rename(next, join(directory, 'policy.yaml'));
      await eventually(async () => (await plane.proxies()).length === 1, { what: 'the Envoy is connected' });
    }),
  );

  it(
    'an Envoy with a token is served, and without one it is not',
    withStory(async (story) => {
      const directory = await mkdtemp(join(tmpdir(), 'lifeboat-identity-'));
      story.atEnd(() => rm(directory, { recursive: true }));
      const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
      const keySet = join(directory, 'jwks.json');
      await writeFile(keySet, JSON.stringify({ keys: [await exportJWK(publicKey)] }));
      const flags = ['--client-jwks', keySet, '--allow-empty'];
      const plane = await story.controlPlane({ 'empty.yaml': [] }, { flags });
      const token = await new SignJWT({ sub: 'system:serviceaccount:shop:web', aud: 'lifeboat' })
        .setProtectedHeader({ alg: 'ES256' })
        .setExpirationTime('5m')
        .sign(privateKey);
      await startTokenEnvoy(story, plane, 'web-1', token);
      await plane.synced('web-1');
      await startTokenEnvoy(story, plane, 'web-2', 'forged', false);
      await plane.logs(/the bearer token is not valid/);
    }),
  );

  it(
    'an Envoy with the certificate of another authority, or without one, is not served',
    withStory(async (story) => {
      const [plane] = await securedPlane(story, authority);
      const foreign = createAuthority('foreign').issue('envoy', 'URI:spiffe://example.org/ns/shop/sa/web');
      const envoys = await Promise.all(
        [foreign, undefined].map((certificate, index) =>
          startTlsEnvoy(story, plane, {
            nodeId: `web-${String(index)}`,
            authorities: authority.cert,
            served: false,
            ...(certificate && { certificate }),
          }),
        ),
      );
      for (const envoy of envoys) {
        await eventually(
          async () => {
            const stats = await envoy.stats(/^cluster\.xds_cluster\.upstream_cx_(connect_fail|destroy)$/);
            return [...stats.values()].some((count) => count > 1);
          },
          { what: 'the control plane has ended two connections of the Envoy' },
        );
      }
      assert.deepEqual(await plane.proxies(), []);
    }),
  );
});
