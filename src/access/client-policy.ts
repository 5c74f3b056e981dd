/** Which identity may be which node. It knows neither certificates nor tokens. */
import { shortId } from '../xds/index.js';
import { type MatchIdentity, type Variables, matchesValue } from './patterns.js';

/** What a node says of itself and a policy may restrict; empty texts for what it does not say. */
export interface NodeClaims {
  readonly id: string;
  readonly namespace: string;
  readonly cluster: string;
  /** The mesh that it names itself, instead of the mesh of its cluster. */
  readonly mesh: string;
}

/** What a rule restricts. */
export const RESTRICTIONS = ['node', 'namespace', 'cluster', 'mesh'] as const;
type Restriction = (typeof RESTRICTIONS)[number];

/** What the nodes of an identity may be: each list has patterns of which one must match. Absent: anything. */
export type PermittedNodes = Readonly<Partial<Record<Restriction, readonly string[]>>>;

/** The names that a certificate or a token proves, the preferred one first. */
export type Identities = readonly [string, ...string[]];

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
export type ClientPolicy = (identities: Identities) => Permission | undefined;

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
  return { identity: identities[0], variables: new Map(), seesAllClients: false };
};

/**
 * Why a client may not be a node; undefined: it may. A node that names no namespace, cluster or mesh may connect: what is restricted to one
 * is not for it.
 */
export function nodeRefusal(permission: Permission, claims: NodeClaims): string | undefined {
  const { identity, variables } = permission;
  const permitted = permittedOf(permission);
  for (const restriction of RESTRICTIONS) {
    const value = restriction === 'node' ? claims.id : claims[restriction];
    const patterns = permitted[restriction];
    if (patterns === undefined || (restriction !== 'node' && value === '')) continue;
    if (patterns.some((pattern) => matchesValue(pattern, variables, value))) continue;
    return `${shortId(identity)} may not be ${DESCRIPTIONS[restriction]} "${shortId(value)}"`;
  }
  return undefined;
}

/** A node's own mesh counts instead of that of its cluster, so a rule that restricts the cluster permits only the meshes that it lists. */
function permittedOf({
  node,
  namespace,
  cluster,
  mesh = cluster && [],
}: PermittedNodes): Readonly<Record<Restriction, readonly string[] | undefined>> {
  return { node, namespace, cluster, mesh };
}

const DESCRIPTIONS: Readonly<Record<Restriction, string>> = {
  node: 'the node',
  namespace: 'a node of the namespace',
  cluster: 'a node of the cluster',
  mesh: 'a node of the mesh',
};
