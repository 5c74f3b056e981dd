/** The authenticator of `serve`: a bearer token or the certificate says who a client is, the policy what it may be. */
import { type ClientCredentials, type Principal, STATUS, StreamError, type XdsNode, shortId } from '../xds/index.js';
import type { VerifyToken } from './bearer-tokens.js';
import { type ClientPolicy, DEFAULT_POLICY, type Identities, type NodeClaims, nodeRefusal } from './client-policy.js';
import { MAX_IDENTITY_LENGTH, certificateIdentities } from './identities.js';

export interface AccessRules {
  readonly policy: ClientPolicy;
  /** Absent: bearer tokens are ignored, and certificates say who a client is. */
  readonly verifyToken?: VerifyToken;
}

/** Rules that can be replaced while the server runs: for the calls and the first requests that come after. */
export class ClientAccess {
  readonly #claimsOf: (node: XdsNode) => NodeClaims;
  #rules: AccessRules;

  /** @param claimsOf what a node says of itself, as the configuration is computed from it. */
  constructor(rules: Partial<AccessRules>, claimsOf: (node: XdsNode) => NodeClaims) {
    this.#rules = { policy: DEFAULT_POLICY, ...rules };
    this.#claimsOf = claimsOf;
  }

  /** Replaces these rules. Streams that are open go on. */
  update(rules: Partial<AccessRules>): void {
    this.#rules = { ...this.#rules, ...rules };
  }

  /** An `Authenticator` of the xDS server. */
  readonly authenticate = (credentials: ClientCredentials): Principal | Promise<Principal> => {
    const { verifyToken } = this.#rules;
    const token = verifyToken && bearerToken(credentials);
    if (verifyToken !== undefined && token !== undefined) return this.#byToken(verifyToken, token);
    if (credentials.certificate !== undefined) return this.#admit(certificateIdentities(credentials.certificate));
    throw new StreamError(STATUS.unauthenticated, 'the call has neither a bearer token nor a client certificate');
  };

  async #byToken(verify: VerifyToken, token: string): Promise<Principal> {
    const subject = await verify(token).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new StreamError(STATUS.unauthenticated, `the bearer token is not valid: ${reason}`);
    });
    if (subject.length > MAX_IDENTITY_LENGTH)
      throw new StreamError(STATUS.unauthenticated, 'the subject of the bearer token is too long');
    return this.#admit([subject]);
  }

  #admit(identities: Identities): Principal {
    const permission = this.#rules.policy(identities);
    if (permission === undefined)
      throw new StreamError(STATUS.permissionDenied, `${shortId(identities[0])} matches no rule of the client policy`);
    return {
      name: shortId(permission.identity),
      seesAllClients: permission.seesAllClients,
      nodeRefusal: (node) => nodeRefusal(permission, this.#claimsOf(node)),
    };
  }
}

/** https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
function bearerToken({ authorization = '' }: ClientCredentials): string | undefined {
  return /^bearer +([\w~+/.-]+=*) *$/i.exec(authorization)?.[1];
}
