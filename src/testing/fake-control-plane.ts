/** A control plane with given answers, for tests of the commands and of the admin address. */
import type {
  ControlPlaneApi,
  Finding,
  NodeFinding,
  Proxy,
  StateCounts,
  ResourceQuery,
  ResourceWithStatus,
  Snapshot,
  SnapshotQuery,
} from '../control-plane/api/api.js';
import { matches } from '../control-plane/api/query.js';

export interface FakeControlPlaneOptions {
  readonly findings?: readonly Finding[];
  readonly resources?: readonly ResourceWithStatus[];
  readonly proxies?: readonly Proxy[];
  readonly hostnames?: readonly string[];
  /** The findings about every described node. */
  readonly nodeFindings?: readonly NodeFinding[];
}

const EMPTY: Snapshot = { listeners: [], routes: [], clusters: [], endpoints: [], findings: [] };

/** Its `snapshot` returns one listener, which is the query. */
export function fakeControlPlane(options: FakeControlPlaneOptions = {}): ControlPlaneApi {
  return {
    findings: () => options.findings ?? [],
    resources: (query = {}) => (options.resources ?? []).filter((resource) => isAskedFor(resource, query)),
    counts: () => countsOf(options),
    proxyFindings: () => options.proxies ?? [],
    proxies: ({ id } = {}) => (options.proxies ?? []).filter((proxy) => id === undefined || proxy.id === id),
    hostnames: () => options.hostnames ?? [],
    explain: ({ hostname }) => ({ reason: 'absent', error: `Nothing serves the hostname ${hostname}.` }),
    hostnameAddresses: () =>
      (options.hostnames ?? []).map((hostname, i) => ({ hostname, address: `240.0.0.${i + 1}` })),
    snapshot: (query: SnapshotQuery) => ({ ...EMPTY, listeners: [query], findings: options.nodeFindings ?? [] }),
    proxySnapshot: (id) => ({ ...EMPTY, listeners: [{ proxy: id }] }),
    heldSnapshot: (id) => ({ ...EMPTY, versions: { CDS: 'v1' }, listeners: [{ held: id }], pending: [] }),
    *countsInSteps() {
      yield;
      return this.counts();
    },
    *resourcesInSteps(query) {
      yield;
      return this.resources(query);
    },
    *snapshotInSteps(query) {
      yield;
      return this.snapshot(query);
    },
    *proxySnapshotInSteps(id) {
      yield;
      return this.proxySnapshot(id);
    },
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

/** A proxy that is SYNCED. */
export function proxy(overrides: Partial<Proxy> = {}): Proxy {
  const since = '2026-01-01T00:00:00.000Z';
  return {
    ...{ id: 'sidecar~a', locality: 'r1/z1', mesh: 'istiod.service-mesh-hub', cluster: 'mgmt' },
    ...{ address: '127.0.0.1:40000', userAgent: 'envoy 1.40.0', incremental: true, connectedSince: since },
    ...{ state: 'SYNCED', since, findings: [] },
    types: { CDS: { version: 'f3a1', state: 'SYNCED', since } },
    ...overrides,
  };
}

function countsOf({ resources = [], findings = [] }: FakeControlPlaneOptions): StateCounts {
  const countOf = (severity: string): number => findings.filter((each) => each.severity === severity).length;
  return {
    resources: resources.map(({ kind, status }) => ({ kind, state: stateOf(status), count: 1 })),
    findings: { error: countOf('error'), warning: countOf('warning') },
  };
}

function stateOf(status: ResourceWithStatus['status']): string {
  const state = status?.['state'];
  return typeof state === 'string' ? state : '';
}

function isAskedFor({ kind, metadata }: ResourceWithStatus, query: ResourceQuery): boolean {
  return matches({ kind, namespace: metadata.namespace ?? '', name: metadata.name }, query);
}
