/** A control plane that answers with what it was given, for tests of the commands and of the admin address. */
import type {
  ControlPlaneApi,
  Finding,
  Proxy,
  ResourceQuery,
  ResourceWithStatus,
  SnapshotQuery,
} from '../control-plane/api.js';

export interface FakeControlPlaneOptions {
  readonly findings?: readonly Finding[];
  readonly resources?: readonly ResourceWithStatus[];
  readonly proxies?: readonly Proxy[];
  readonly hostnames?: readonly string[];
}

/** Its `snapshot` has one listener, which is the query itself. */
export function fakeControlPlane(options: FakeControlPlaneOptions = {}): ControlPlaneApi {
  return {
    findings: () => options.findings ?? [],
    resources: (query = {}) => (options.resources ?? []).filter((resource) => isAskedFor(resource, query)),
    proxies: () => options.proxies ?? [],
    hostnames: () => options.hostnames ?? [],
    explain: ({ hostname }) => ({ reason: 'absent', error: `Nothing serves the hostname ${hostname}.` }),
    snapshot: (query: SnapshotQuery) => ({ listeners: [query], routes: [], clusters: [], endpoints: [] }),
  };
}

export function finding(overrides: Partial<Finding> = {}): Finding {
  return {
    file: 'failover.yaml',
    line: 7,
    column: 3,
    severity: 'error',
    code: 'field-invalid',
    kind: 'FailoverService',
    namespace: 'bookinfo',
    name: 'reviews',
    path: 'spec.port.number',
    message: 'Invalid port number 0: must be between 1 and 65535, inclusive.',
    ...overrides,
  };
}

function isAskedFor({ kind, metadata }: ResourceWithStatus, query: ResourceQuery): boolean {
  const kinds = [kind.toLowerCase(), `${kind.toLowerCase()}s`];
  return (
    (query.kind === undefined || kinds.includes(query.kind.toLowerCase())) &&
    (query.name === undefined || metadata.name === query.name) &&
    (query.namespace === undefined || metadata.namespace === query.namespace)
  );
}
