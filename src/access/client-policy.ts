/** Which identity may be which node. It knows neither certificates nor tokens. */
import { type MatchIdentity, type Variables, matchesValue } from './patterns.js';

/** What a node says of itself and a policy may restrict; empty texts for what it does not say. */
export interface NodeClaims {
  readonly id: string;
  readonly namespace: string;
  readonly cluster: string;
}

/** What the nodes of an identity may be: each list has patterns of which one must match. Absent: anything. */
export interface PermittedNodes {
  readonly node?: readonly string[];
  readonly namespace?: readonly string[];
  readonly cluster?: readonly string[];
}

export interface ClientRule extends PermittedNodes {
  readonly identity: MatchIdentity;
  /** Whether client status (CSDS) shows all clients. */
  readonly seesAllClients: boolean;
}

/** The result of the policy for one client. */
export interface Permission extends PermittedNodes {
  readonly identity: string;
  readonly variables: Variables;
  readonly seesAllClients: boolean;
}

/** The permission of a client with these identities; undefined: it may not connect. */
export type ClientPolicy = (identities: readonly string[]) => Permission | undefined;

/** The first rule that matches an identity decides. */
export function policyOfRules(rules: readonly ClientRule[]): ClientPolicy {
  return (identities) => {
    for (const { identity: match, ...permitted } of rules) {
      for (const identity of identities) {
        const variables = match(identity);
        if (variables !== undefined) return { ...permitted, identity, variables };
      }
    }
    return undefined;
  };
}

/** SPIFFE IDs as Istio issues them, and the subject of the tokens of Kubernetes' service accounts. */
const SERVICE_ACCOUNTS = [/^spiffe:\/\/.*\/ns\/([^/]+)\/sa\/[^/]+$/, /^system:serviceaccount:([^:]+):[^:]+$/];

/**
 * Without a policy: a service account may be the nodes of its namespace, any other identity may be every node. Of several identities the
 * first service account counts.
 */
export const DEFAULT_POLICY: ClientPolicy = (identities) => {
  for (const identity of identities) {
    const namespace = SERVICE_ACCOUNTS.map((account) => account.exec(identity)?.[1]).find(
      (found) => found !== undefined,
    );
    if (namespace === undefined) continue;
    const variables = new Map([['namespace', namespace]]);
    return { identity, variables, namespace: ['{namespace}'], seesAllClients: false };
  }
  return { identity: identities[0] ?? 'a certificate without names', variables: new Map(), seesAllClients: false };
};

/**
 * Why a client may not be a node; undefined: it may. A node that names no namespace or no cluster may connect: what is restricted to one is
 * not for it.
 */
export function nodeRefusal(permission: Permission, claims: NodeClaims): string | undefined {
  const { identity, variables } = permission;
  for (const field of ['node', 'namespace', 'cluster'] as const) {
    const value = field === 'node' ? claims.id : claims[field];
    const permitted = permission[field];
    if (permitted === undefined || (field !== 'node' && value === '')) continue;
    if (permitted.some((pattern) => matchesValue(pattern, variables, value))) continue;
    return `${identity} may not be ${DESCRIPTIONS[field]} "${value.slice(0, MAX_SHOWN)}"`;
  }
  return undefined;
}

const DESCRIPTIONS = {
  node: 'the node',
  namespace: 'a node of the namespace',
  cluster: 'a node of the cluster',
} as const;
/** Characters of a value that a message shows. */
const MAX_SHOWN = 256;
