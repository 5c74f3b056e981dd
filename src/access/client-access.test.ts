/** Promise 27: who a client is, and which node it may be. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { type Authority, createAuthority } from '../testing/certificate.js';
import { type Principal, StreamError } from '../xds/index.js';
import { toClient } from '../control-plane/clients/client.js';
import { UNKNOWN_NODE } from '../xds/wire/xds-node.js';
import { tokenVerifier } from './bearer-tokens.js';
import { type AccessRules, ClientAccess } from './client-access.js';
import { policyOfRules } from './client-policy.js';
import { certificateIdentities } from './identities.js';
import { readPolicy } from './policy-file.js';

let authority: Authority;

function certificate(...names: readonly string[]): { readonly certificate: X509Certificate } {
  return { certificate: new X509Certificate(authority.issue('client', ...names).cert) };
}

function accessWith(rules: Partial<AccessRules> = {}): ClientAccess {
  return new ClientAccess(rules, toClient);
}

function policy(text: string): ClientAccess {
  return accessWith({ policy: policyOfRules(readPolicy(text)) });
}

function refusal(
  principal: Principal,
  claims: { id?: string; cluster?: string; namespace?: string; mesh?: string },
): string | undefined {
  const { id = 'n', cluster = '', namespace, mesh } = claims;
  const metadata = {
    ...(namespace !== undefined && { NAMESPACE: namespace }),
    ...(mesh !== undefined && { MESH: mesh }),
  };
  return principal.nodeRefusal({ ...UNKNOWN_NODE, id, cluster, metadata });
}

async function admitted(access: ClientAccess, ...names: readonly string[]): Promise<Principal> {
  return access.authenticate(certificate(...names));
}

describe('promise 27: the identities of a certificate', () => {
  before(() => {
    authority = createAuthority('authority');
  });

  it('are its URIs, then its DNS names, then its fingerprint', () => {
    const names = ['DNS:Web.Example', 'IP:10.0.0.1', 'URI:spiffe://example.org/ns/a/sa/b', 'email:a@example.org'];
    const identities = certificateIdentities(certificate(...names).certificate);
    assert.deepEqual(identities.slice(0, 2), ['spiffe://example.org/ns/a/sa/b', 'dns:web.example']);
    assert.match(identities[2] ?? '', /^sha256:[0-9a-f]{64}$/);
    assert.equal(identities.length, 3);
  });

  it('tell certificates without names apart', () => {
    const [one] = certificateIdentities(certificate().certificate);
    const [other] = certificateIdentities(certificate().certificate);
    assert.match(one, /^sha256:[0-9a-f]{64}$/);
    assert.match(other, /^sha256:[0-9a-f]{64}$/);
    assert.notEqual(one, other);
  });

  it('have at most 2 048 characters: longer ones are not looked at', () => {
    const [longest, tooLong] = [2_048, 2_049].map((length) => 'spiffe://a/'.padEnd(length, 'x'));
    const named = (uri: string): readonly string[] =>
      certificateIdentities({ subjectAltName: `URI:${uri}, DNS:x`, fingerprint256: 'AB:CD' });
    assert.deepEqual(named(longest ?? ''), [longest, 'dns:x', 'sha256:abcd']);
    assert.deepEqual(named(tooLong ?? ''), ['dns:x', 'sha256:abcd']);
  });

  it('are not forged by a value with a comma', () => {
    const forged = {
      subjectAltName: 'URI:"https://a, URI:spiffe://example.org/ns/a/sa/b", DNS:x',
      fingerprint256: 'AB:CD',
    };
    assert.deepEqual(certificateIdentities(forged), [
      'https://a, URI:spiffe://example.org/ns/a/sa/b',
      'dns:x',
      'sha256:abcd',
    ]);
  });
});

describe('promise 27: without a policy', () => {
  it('a SPIFFE ID permits the nodes of its namespace, and nodes that name none', async () => {
    const principal = await admitted(accessWith(), 'URI:spiffe://example.org/ns/shop/sa/web');
    assert.equal(principal.name, 'spiffe://example.org/ns/shop/sa/web');
    assert.equal(principal.seesAllClients, false);
    assert.deepEqual([refusal(principal, { namespace: 'shop' }), refusal(principal, {})], [undefined, undefined]);
    assert.equal(
      refusal(principal, { namespace: 'bank' }),
      'spiffe://example.org/ns/shop/sa/web may not be a node of the namespace "bank"',
    );
  });

  it('a namespace of the certificate is text, not a pattern', async () => {
    const principal = await admitted(accessWith(), 'URI:spiffe://example.org/ns/*/sa/web');
    assert.match(refusal(principal, { namespace: 'bank' }) ?? '', /may not be/);
  });

  it('control characters of a certificate are not shown', async () => {
    const principal = await admitted(accessWith(), 'URI:spiffe://example.org/\u0007a');
    assert.match(principal.name, /^spiffe:\/\/example.org\/\ufffda #/);
  });

  it('other certificates permit every node', async () => {
    for (const names of [['DNS:web.example'], [], ['URI:spiffe://example.org/web']]) {
      const principal = await admitted(accessWith(), ...names);
      assert.equal(refusal(principal, { namespace: 'bank', cluster: 'east' }), undefined);
    }
  });

  it('a client without certificate and token is unauthenticated', () => {
    assert.throws(() => accessWith().authenticate({}), {
      code: 16,
      message: /neither a bearer token nor a client certificate/,
    });
    assert.throws(() => accessWith().authenticate({ authorization: 'Bearer x' }), StreamError);
  });
});

describe('promise 27: with a policy', () => {
  const RULES = `
clients:
- identity: spiffe://example.org/ns/{namespace}/sa/{account}
  node: "*~{account}-*"
  namespace: "{namespace}"
  cluster: [east, west]
- identity: [dns:operator.example, dns:ci.example]
  seesAllClients: true
`;

  it('the first rule that matches decides on node, namespace and cluster', async () => {
    const principal = await admitted(policy(RULES), 'URI:spiffe://example.org/ns/shop/sa/web');
    const node = { id: 'sidecar~web-1', namespace: 'shop', cluster: 'west' };
    assert.equal(refusal(principal, node), undefined);
    assert.equal(refusal(principal, { id: 'sidecar~web-1' }), undefined);
    assert.match(refusal(principal, { ...node, id: 'sidecar~db-1' }) ?? '', /may not be the node "sidecar~db-1"$/);
    assert.match(refusal(principal, { ...node, namespace: 'bank' }) ?? '', /namespace "bank"$/);
    assert.match(refusal(principal, { ...node, cluster: 'north' }) ?? '', /cluster "north"$/);
  });

  it('a rule that restricts the cluster permits no other mesh than that of the cluster', async () => {
    const principal = await admitted(policy(RULES), 'URI:spiffe://example.org/ns/shop/sa/web');
    const node = { id: 'sidecar~web-1', namespace: 'shop', cluster: 'west' };
    assert.match(refusal(principal, { ...node, mesh: 'north' }) ?? '', /may not be a node of the mesh "/);
    assert.match(refusal(principal, { ...node, cluster: '', mesh: 'north' }) ?? '', /may not be a node of the mesh "/);
  });

  it('a rule may list meshes', async () => {
    const rules = 'clients:\n- {identity: "dns:a", cluster: east, mesh: ["*north"]}\n- {identity: "dns:b", node: "*"}';
    const [listed, free] = [await admitted(policy(rules), 'DNS:a'), await admitted(policy(rules), 'DNS:b')];
    assert.equal(refusal(listed, { cluster: 'east', mesh: 'north' }), undefined);
    assert.match(refusal(listed, { cluster: 'east', mesh: 'south' }) ?? '', /may not be a node of the mesh "/);
    assert.equal(refusal(free, { cluster: 'east', mesh: 'south' }), undefined);
  });

  it('a rule without restrictions permits every node, and may show all clients', async () => {
    const principal = await admitted(policy(RULES), 'DNS:ci.example');
    assert.equal(refusal(principal, { namespace: 'bank' }), undefined);
    assert.equal(principal.seesAllClients, true);
  });

  it('who matches no rule may not connect', () => {
    for (const names of [['URI:spiffe://elsewhere/ns/shop/sa/web'], []])
      assert.throws(() => policy(RULES).authenticate(certificate(...names)), { code: 7, message: /matches no rule/ });
  });

  it('is replaced for the calls that come after', async () => {
    const access = policy(RULES);
    access.update({ policy: policyOfRules([]) });
    assert.throws(() => access.authenticate(certificate('DNS:ci.example')), { code: 7 });
  });

  for (const [text, message] of [
    ['[]', /^1: must be a mapping with the list "clients"/],
    ['', /^1: must be a mapping/],
    ['clients: x', /^1: "clients" must be a list/],
    ['client: []', /^1: "client" is unknown; known are clients/],
    ['clients:\n- x', /^2: a rule must be a mapping/],
    ['clients:\n- node: x', /^2: a rule needs an "identity"/],
    ['clients:\n- identity: []', /^2: a rule needs an "identity"/],
    ['clients:\n- identity: a\n  nodes: x', /^3: "nodes" is unknown; known are identity, node/],
    ['clients:\n- identity: a\n  cluster: 5', /^3: "cluster" must be text or a list of texts; put numbers in quotes/],
    ['clients:\n- identity: a\n  cluster: [a, {}]', /^3: "cluster" must be text/],
    ['clients:\n- identity: a\n  seesAllClients: "yes"', /^3: "seesAllClients" must be true or false/],
    ['clients:\n- identity: "{"', /^2: "\{": a brace/],
    ['clients:\n- identity: "{a}"\n  node: "{b}"', /^2: \{b\} is no variable of the identity "\{a\}"/],
    ['clients:\n- identity: a\n  identity: b', /^3: .*unique/],
    ['clients: [', /^1: /],
    ['a: &a [x]\nclients: *a', /^1: "a" is unknown/],
  ] as const) {
    it(`is refused with its line: ${JSON.stringify(text)}`, () => assert.throws(() => readPolicy(text), { message }));
  }
});

describe('promise 27: bearer tokens', () => {
  const AUDIENCE = { audience: ['lifeboat'], issuer: 'https://issuer.example' };
  let keys: Awaited<ReturnType<typeof generateKeyPair>>;
  let keySet: string;
  before(async () => {
    keys = await generateKeyPair('ES256', { extractable: true });
    keySet = JSON.stringify({ keys: [{ ...(await exportJWK(keys.publicKey)), alg: 'ES256' }] });
  });

  function token(claims: { sub?: string; aud?: string; iss?: string; exp?: number } = {}): Promise<string> {
    const { sub = 'system:serviceaccount:shop:web', aud = 'lifeboat', iss = AUDIENCE.issuer, exp } = claims;
    return new SignJWT()
      .setProtectedHeader({ alg: 'ES256' })
      .setSubject(sub)
      .setAudience(aud)
      .setIssuer(iss)
      .setExpirationTime(exp ?? '5m')
      .sign(keys.privateKey);
  }

  async function withToken(text: string): Promise<Principal> {
    const access = accessWith({ verifyToken: await tokenVerifier(keySet, AUDIENCE) });
    return access.authenticate({ authorization: `Bearer ${text}` });
  }

  it('name a client by their subject; a service account permits the nodes of its namespace', async () => {
    const principal = await withToken(await token());
    assert.equal(principal.name, 'system:serviceaccount:shop:web');
    assert.equal(refusal(principal, { namespace: 'shop' }), undefined);
    assert.match(refusal(principal, { namespace: 'bank' }) ?? '', /namespace "bank"/);
  });

  it('are refused with a reason', async () => {
    const expired = Math.floor(Date.now() / 1000) - 3_600;
    const other = await generateKeyPair('ES256');
    const forged = await new SignJWT({ sub: 'a', aud: 'lifeboat' })
      .setProtectedHeader({ alg: 'ES256' })
      .sign(other.privateKey);
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"a"}').toString('base64url')}.`;
    const cases: readonly (readonly [string, RegExp])[] = [
      [await token({ aud: 'elsewhere' }), /"aud"/],
      [await token({ iss: 'elsewhere' }), /"iss"/],
      [await token({ exp: expired }), /"exp"/],
      [await token({ sub: '' }), /"sub"/],
      [await token({ sub: 'a'.repeat(3_000) }), /too long/],
      [forged, /signature/],
      [unsigned, /./],
      ['x', /./],
    ];
    for (const [text, message] of cases) await assert.rejects(withToken(text), { code: 16, message });
  });

  it('have expired when they have for more than 30 s: clocks differ', async () => {
    const now = Math.floor(Date.now() / 1000);
    assert.equal((await withToken(await token({ exp: now - 15 }))).name, 'system:serviceaccount:shop:web');
    await assert.rejects(withToken(await token({ exp: now - 45 })), { code: 16, message: /"exp"/ });
  });

  it('count before the certificate', async () => {
    const access = accessWith({ verifyToken: await tokenVerifier(keySet, AUDIENCE) });
    const proof = { ...certificate('DNS:web.example'), authorization: `bearer ${await token()}` };
    assert.equal((await access.authenticate(proof)).name, 'system:serviceaccount:shop:web');
    assert.equal((await access.authenticate(certificate('DNS:web.example'))).name, 'dns:web.example');
  });

  for (const [text, message] of [
    ['x', /^is not JSON/],
    ['[]', /must be a JSON Web Key Set/],
    ['{"keys":[]}', /at least one key/],
    ['{"keys":[{"kty":"oct","k":"AA"}]}', /key 1 is a shared secret/],
    ['{"keys":[{"kty":"EC","crv":"P-256","alg":"ES256","x":"AA","y":"AA"}]}', /key 1 is not valid/],
    ['{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}', /key 1 is not valid/],
    ['{"keys":[{"kty":"what"}]}', /key 1 is not valid/],
    ['{"keys":[{"kty":"EC","d":"AA"}]}', /key 1 is a private key/],
  ] as const) {
    it(`refuse the key set ${text}`, () => assert.rejects(tokenVerifier(text, AUDIENCE), { message }));
  }
});
