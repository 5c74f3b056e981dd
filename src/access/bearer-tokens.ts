/** Bearer tokens: JWTs that are signed with a key of a JSON Web Key Set. https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
import { type JsonWebKey, createPublicKey } from 'node:crypto';
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';

export interface TokenOptions {
  /** The `aud` claim must have one of these. */
  readonly audience: readonly string[];
  /** The `iss` claim must be this. Absent: any issuer whose key is in the set. */
  readonly issuer?: string;
}

/** The `sub` claim of the token. Rejects with an Error that says why the token is not valid. */
export type VerifyToken = (token: string) => Promise<string>;

/** Asymmetric algorithms only: a key set is not kept secret, so a signature by one of its keys as a shared secret proves nothing. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** How far the clocks of the issuer and of this host may differ, in seconds. */
const CLOCK_TOLERANCE = 30;

/**
 * @param text the key set: https://www.rfc-editor.org/rfc/rfc7517#section-5
 * @throws Error with a sentence if it cannot be used.
 */
export async function tokenVerifier(text: string, { audience, issuer }: TokenOptions): Promise<VerifyToken> {
  // Loaded with the first key set: most servers have none.
  const { createLocalJWKSet, jwtVerify } = await import('jose');
  const keySet = parseKeySet(text);
  for (const [index, key] of keySet.keys.entries()) {
    if (key.kty === 'oct') throw new Error(`key ${index + 1} is a shared secret; give public keys.`);
    if ('d' in key) throw new Error(`key ${index + 1} is a private key; give public keys.`);
    requireValid(key, `key ${index + 1}`);
  }
  const keys: JWTVerifyGetKey = createLocalJWKSet(keySet);
  const options = {
    audience: [...audience],
    ...(issuer !== undefined && { issuer }),
    algorithms: ALGORITHMS,
    requiredClaims: ['sub', 'exp'],
    clockTolerance: CLOCK_TOLERANCE,
  };
  return async (token) => {
    const { payload } = await jwtVerify(token, keys, options);
    if (payload.sub === undefined || payload.sub === '') throw new Error('the token has no "sub" claim');
    return payload.sub;
  };
}

/** A key that cannot be used would only show when a token comes that it has signed. */
function requireValid(key: JsonWebKey, which: string): void {
  try {
    createPublicKey({ key, format: 'jwk' });
  } catch (cause) {
    reject(`${which} is not valid`, cause);
  }
}

function parseKeySet(text: string): JSONWebKeySet {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    return reject('is not JSON', cause);
  }
  const keys: unknown = typeof content === 'object' && content !== null && 'keys' in content ? content.keys : undefined;
  if (
    !Array.isArray(keys) ||
    keys.length === 0 ||
    !keys.every((key) => typeof key === 'object' && key !== null && 'kty' in key)
  )
    throw new Error('must be a JSON Web Key Set: {"keys": […]} with at least one key.');
  return content as JSONWebKeySet;
}

function reject(sentence: string, cause: unknown): never {
  throw new Error(`${sentence} (${cause instanceof Error ? cause.message : String(cause)}).`, { cause });
}
